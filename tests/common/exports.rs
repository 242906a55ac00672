//! Exports of the project's own making.

use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// An archive of one entry.
pub fn deflated(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::DEFLATE);
    writer.start_file(name, options).expect("an entry");
    writer.write_all(bytes).expect("its bytes");
    writer.finish().expect("an archive").into_inner()
}

/// A `DocItemSet.xml` of the expected nesting around `xml`, which has no declaration.
pub fn doc_item_set(xml: &str) -> String {
    let items = "<DocItem Name=\"x\"><Data><AnchoredXml><Dictionary><Item><Value>";
    let end = "</Value></Item></Dictionary></AnchoredXml></Data></DocItem>";
    format!(
        "<DocItemSet xmlns=\"urn:schema:Microsoft.Rtc.Management.Xds.AppLayer.2008\">{items}{xml}{end}</DocItemSet>"
    )
}
