//! Texts → SHA-256, in hexadecimal digits.

use sha2::{Digest, Sha256};

use crate::source::Sources;

/// The digest of a text: of a file's bytes, where the text is the file's.
pub fn of_text(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

/// The digest of files in their order: of each its path, its length in bytes and its text.
pub fn of_files(files: &Sources) -> String {
    let mut digest = Sha256::new();
    for file in &files.files {
        digest.update(format!("{}\n{}\n", file.path, file.text.len()));
        digest.update(&file.text);
    }
    hex(&digest.finalize())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of FIPS 180-2, B.1 and B.2, and the empty text.
    #[test]
    fn digests_are_the_published_ones() {
        let cases = [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
            ),
        ];
        for (text, digest) in cases {
            assert_eq!(of_text(text), digest);
        }
    }

    #[test]
    fn files_have_another_digest_where_their_texts_are_cut_elsewhere() {
        let digest = |texts: [&str; 2]| {
            let mut sources = Sources::default();
            texts.iter().for_each(|text| {
                sources.add("a", *text);
            });
            of_files(&sources)
        };
        assert_ne!(digest(["ab", "c"]), digest(["a", "bc"]));
    }
}
