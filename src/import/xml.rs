//! Text → XML, with every error at its place, and the topology in it.

use super::ImportError;
use super::decode::{place_after, without_blanks};
use super::quote;
use roxmltree::{Document, Error, Node, ParsingOptions};

/// Elements in elements. Exports have 12 levels, inside a `DocItemSet.xml` some more; not every version of the
/// parser gets by without recursion.
const MAX_DEPTH: usize = 64;

/// Attributes of an element and of all the elements around it, namespaces too. Real exports have about 30.
/// The parser compares every attribute with its neighbours, so a limit is what keeps a huge file linear.
const MAX_ATTRIBUTES: usize = 100;

const EXPECTED: &str = "expected the output of `(Get-CsTopology -AsXml).ToString()` or a file of Topology Builder (.tbxml)";

/// The root of `DocItemSet.xml`.
const DOC_ITEM_SET: &str = "DocItemSet";

const UNDOCUMENTED: &str = "how `DocItemSet.xml` holds a topology is documented nowhere: import the output of `(Get-CsTopology -AsXml).ToString()` instead";

/// The element that holds the topology.
pub enum Topology<'a, 'input> {
    /// `Topology`, as `Get-CsTopology -AsXml` prints it.
    AsXml(Node<'a, 'input>),
    /// `PartialTopology`, as Topology Builder saves it.
    TopologyBuilder(Node<'a, 'input>),
}

/// Parses `text`, which may begin with blank lines: PowerShell prints them.
pub fn parse(text: &str) -> Result<Document<'_>, ImportError> {
    let xml = without_blanks(text);
    let (blank, _) = text.split_at(text.len() - xml.len());
    if xml.is_empty() {
        return Err(error("the file is empty", None, EXPECTED));
    }
    if !xml.starts_with('<') {
        return Err(error(
            "this is not XML: it does not begin with `<`",
            Some(place_after(blank)),
            EXPECTED,
        ));
    }
    let refused = |(offset, message, help): (usize, String, &str)| {
        let before = text.get(..blank.len() + offset).unwrap_or(text);
        error(&message, Some(place_after(before)), help)
    };
    refuse_what_is_dangerous(xml).map_err(refused)?;
    let options = ParsingOptions { allow_dtd: false, ..ParsingOptions::default() };
    Document::parse_with_options(xml, options).map_err(|error| malformed(&error, blank, text))
}

/// Finds the topology: at the top, or deeper (`DocItemSet.xml` wraps it). `text` is what the document was parsed from.
pub fn find_topology<'a, 'input>(
    document: &'a Document<'input>,
    text: &str,
) -> Result<Topology<'a, 'input>, ImportError> {
    let root = document.root_element();
    let is_lync = |node: &Node| {
        node.tag_name().namespace().is_some_and(|uri| uri.starts_with("urn:schema:Microsoft.Rtc."))
    };
    let named = |inside: Node<'a, 'input>, name: &str| {
        inside.descendants().find(|node| node.tag_name().name() == name && is_lync(node))
    };
    // A file with changes may hold the old topology as well: the new one counts.
    let new = named(root, "NewTopology").unwrap_or(root);
    if let Some(topology) = named(new, "PartialTopology").or_else(|| named(root, "PartialTopology"))
    {
        return Ok(Topology::TopologyBuilder(topology));
    }
    let before = |node: Node| {
        let blank = text.len() - document.input_text().len();
        Some(place_after(text.get(..blank + node.range().start).unwrap_or(text)))
    };
    if let Some(topology) = named(root, "Topology") {
        let is_doc_item_set = root.tag_name().name() == DOC_ITEM_SET;
        let mut more = root.descendants().filter(|node| {
            node.tag_name() == topology.tag_name()
                && !node.ancestors().any(|around| around == topology)
        });
        if let Some(second) = more.next().filter(|_| is_doc_item_set) {
            let message = format!("there is more than one topology in this `{DOC_ITEM_SET}`");
            return Err(error(&message, before(second), UNDOCUMENTED));
        }
        return Ok(Topology::AsXml(topology));
    }
    if root.tag_name().name() == DOC_ITEM_SET {
        let message = format!("there is no topology in this `{DOC_ITEM_SET}` that could be read");
        return Err(error(&message, before(root), UNDOCUMENTED));
    }
    let message = format!(
        "there is no topology in this XML, whose root element is {}",
        quote::name(root.tag_name().name())
    );
    Err(error(&message, before(root), EXPECTED))
}

/// Refuses what the parser would take too long over: one pass, before it. Returns the byte offset, the message and help.
/// Malformed XML passes here; the parser says what is wrong with it.
fn refuse_what_is_dangerous(xml: &str) -> Result<(), (usize, String, &'static str)> {
    let mut open: Vec<usize> = Vec::new();
    let mut attributes_in_scope = 0;
    let mut at = 0;
    while let Some(start) = find(xml, at, "<") {
        let Some(markup) = xml.get(start..) else {
            break;
        };
        at = if markup.starts_with("<!--") {
            after(xml, start + 4, "-->")
        } else if markup.starts_with("<![CDATA[") {
            after(xml, start, "]]>")
        } else if markup.starts_with("<?") {
            after(xml, start, "?>")
        } else if markup.starts_with("<!DOCTYPE") {
            return Err((
                start,
                "the XML has a document type declaration (DTD), which is refused".to_owned(),
                "remove `<!DOCTYPE ..>`: no export has one",
            ));
        } else if markup.starts_with("</") {
            attributes_in_scope -= open.pop().unwrap_or_default();
            after(xml, start, ">")
        } else {
            let tag = scan_start_tag(markup);
            if attributes_in_scope + tag.attributes > MAX_ATTRIBUTES {
                return Err((
                    start,
                    format!(
                        "an element and those around it have more than {MAX_ATTRIBUTES} attributes"
                    ),
                    EXPECTED,
                ));
            }
            if !tag.is_empty_element {
                open.push(tag.attributes);
                attributes_in_scope += tag.attributes;
            }
            if open.len() > MAX_DEPTH {
                return Err((
                    start,
                    format!("the elements are nested more than {MAX_DEPTH} deep"),
                    EXPECTED,
                ));
            }
            start + tag.length
        };
    }
    Ok(())
}

struct StartTag {
    /// In bytes, with both brackets.
    length: usize,
    attributes: usize,
    is_empty_element: bool,
}

fn scan_start_tag(markup: &str) -> StartTag {
    let mut quote = None;
    let mut attributes = 0;
    let mut previous = b'<';
    for (offset, byte) in markup.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => {
                return StartTag {
                    length: offset + 1,
                    attributes,
                    is_empty_element: previous == b'/',
                };
            }
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'=') => attributes += 1,
            (Some(open), close) if open == close => quote = None,
            _ => {}
        }
        previous = byte;
    }
    StartTag { length: markup.len(), attributes, is_empty_element: true }
}

fn find(xml: &str, from: usize, what: &str) -> Option<usize> {
    xml.get(from..)?.find(what).map(|offset| from + offset)
}

fn after(xml: &str, from: usize, what: &str) -> usize {
    find(xml, from, what).map_or(xml.len(), |start| start + what.len())
}

/// The parser's error, moved behind the blank lines; the parser gives those about the end of the text no place.
fn malformed(cause: &Error, blank: &str, text: &str) -> ImportError {
    let at = cause.pos();
    match cause {
        Error::UnclosedRootNode | Error::UnexpectedEndOfStream => error(
            "the XML ends too early: an element is not closed",
            Some(place_after(text)),
            "the export looks cut off: export it again",
        ),
        Error::NoRootNode => {
            error("there is no element in this XML", Some(place_after(text)), EXPECTED)
        }
        Error::NodesLimitReached
        | Error::AttributesLimitReached
        | Error::NamespacesLimitReached => {
            error(&format!("the XML is too large: {cause}"), None, EXPECTED)
        }
        _ => {
            let message = cause.to_string().replace(&format!(" at {at}"), "");
            let (line, column) = place_after(blank);
            let moved_column = if at.row == 1 { at.col + column - 1 } else { at.col };
            let place = (at.row + line - 1, moved_column);
            error(
                &format!("malformed XML: {}", crate::escape::toml_escaped(&message)),
                Some(place),
                "the export was changed or damaged: export it again",
            )
        }
    }
}

fn error(message: &str, place: Option<(u32, u32)>, help: &str) -> ImportError {
    ImportError { message: message.to_owned(), document: None, place, help: Some(help.to_owned()) }
}
