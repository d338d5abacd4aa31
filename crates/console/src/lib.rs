//! The web console as it is embedded in the binary: the files of `console/dist`, which is committed, so that no build
//! needs Node.
//!
//! All files are served under one hash, which changes with any of them: an address never changes what it means, and
//! may be kept for ever. It knows nothing of HTTP: `api` serves it.
#![deny(
    clippy::disallowed_methods,
    reason = "console is pure: its files are in the binary"
)]

mod files;

use std::{
    fmt::Write as _,
    io::Write as _,
    sync::{LazyLock, OnceLock},
};

use flate2::{Compression, write::GzEncoder};
use sha2::{Digest as _, Sha256};

/// Digits of the hash in addresses.
const HASH_DIGITS: usize = 16;
/// The page; it is served with an address for each other file in it, and is no file of its own.
const PAGE: &str = "index.html";

/// A file of the console.
#[derive(Debug)]
pub struct File {
    /// Its name, such as `app.js`.
    pub name: &'static str,
    /// Its media type.
    pub media_type: &'static str,
    bytes: &'static [u8],
    gzipped: OnceLock<Vec<u8>>,
}

impl File {
    const fn new(name: &'static str, media_type: &'static str, bytes: &'static [u8]) -> Self {
        Self {
            name,
            media_type,
            bytes,
            gzipped: OnceLock::new(),
        }
    }

    /// The file as it is.
    pub fn bytes(&self) -> &'static [u8] {
        self.bytes
    }

    /// The file compressed with gzip: made once, when it is first asked for.
    pub fn gzipped(&'static self) -> &'static [u8] {
        self.gzipped.get_or_init(|| {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
            // Memory takes what is written to it; were it not so, the file would go out empty and show.
            let written = encoder.write_all(self.bytes);
            written.and_then(|()| encoder.finish()).unwrap_or_default()
        })
    }
}

/// The hash of all files, in hexadecimal: part of their addresses.
pub fn hash() -> &'static str {
    static HASH: LazyLock<String> = LazyLock::new(|| {
        let mut all = Sha256::new();
        for file in &files::FILES {
            all.update(file.name);
            all.update([0]);
            all.update(Sha256::digest(file.bytes));
        }
        let mut digits = String::new();
        for byte in all.finalize() {
            // Text takes what is written to it.
            let _ = write!(digits, "{byte:02x}");
        }
        digits.truncate(HASH_DIGITS);
        digits
    });
    &HASH
}

/// The file of a name; `None` for the page too.
pub fn find(name: &str) -> Option<&'static File> {
    let mut files = files::FILES.iter();
    files.find(|file| file.name == name && file.name != PAGE)
}

/// The page of every screen, which loads the files under their hash.
pub fn page() -> &'static str {
    static FILLED: LazyLock<String> = LazyLock::new(|| {
        let page = files::FILES.iter().find(|file| file.name == PAGE);
        let text = page.and_then(|page| str::from_utf8(page.bytes).ok());
        let base = format!("\"/_console/{}/", hash());
        text.unwrap_or_default().replace("\"./", &base)
    });
    &FILLED
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn the_page_loads_files_that_there_are() {
        let base = format!("/_console/{}/", hash());
        let named = page()
            .split('"')
            .filter_map(|part| part.strip_prefix(&base));
        let named: Vec<&str> = named.collect();
        assert!(named.contains(&"app.js"), "{}", page());
        for name in named {
            assert!(find(name).is_some(), "{name}");
        }
        assert!(find("index.html").is_none());
        assert!(find("../index.html").is_none());
    }

    #[test]
    fn a_compressed_file_is_the_file() {
        for file in &files::FILES {
            let mut bytes = Vec::new();
            let mut decoder = flate2::read::GzDecoder::new(file.gzipped());
            decoder.read_to_end(&mut bytes).unwrap();
            assert_eq!(bytes, file.bytes(), "{}", file.name);
        }
    }

    #[test]
    fn nothing_on_the_page_is_refused_by_its_own_policy() {
        let page = page();
        assert!(!page.contains("<style"), "styles are in files");
        assert!(!page.contains(" style="), "styles are in files");
        let scripts = page.matches("<script").count();
        assert_eq!(scripts, page.matches("src=\"/_console/").count());
    }
}
