//! Texts that are not UTF-8, made so while they are read.

use std::io::{self, Read};

/// How the characters of a text file are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encoding {
    /// UTF-8.
    #[default]
    Utf8,
    /// One byte a character: Windows-1252, of which Latin-1 is a part.
    Windows1252,
    /// Two bytes a character, the lower one first.
    Utf16Le,
}

/// What the bytes from 0x80 to 0x9F are; the five that Windows-1252 does not define stay what Latin-1 says.
const UPPER: [char; 32] = [
    '\u{20AC}', '\u{81}', '\u{201A}', '\u{192}', '\u{201E}', '\u{2026}', '\u{2020}', '\u{2021}',
    '\u{2C6}', '\u{2030}', '\u{160}', '\u{2039}', '\u{152}', '\u{8D}', '\u{17D}', '\u{8F}',
    '\u{90}', '\u{2018}', '\u{2019}', '\u{201C}', '\u{201D}', '\u{2022}', '\u{2013}', '\u{2014}',
    '\u{2DC}', '\u{2122}', '\u{161}', '\u{203A}', '\u{153}', '\u{9D}', '\u{17E}', '\u{178}',
];

impl Encoding {
    /// Each with its word in scenarios.
    pub const WORDS: [(Self, &'static str); 3] = [
        (Self::Utf8, "utf-8"),
        (Self::Windows1252, "windows-1252"),
        (Self::Utf16Le, "utf-16le"),
    ];

    /// The encoding of a word; Latin-1 is read as Windows-1252, as browsers do.
    pub fn from_word(word: &str) -> Option<Self> {
        let word = word.to_ascii_lowercase();
        let known = Self::WORDS.iter().find(|(_, known)| *known == word);
        match (known, word.as_str()) {
            (Some((encoding, _)), _) => Some(*encoding),
            (None, "latin-1" | "latin1" | "iso-8859-1") => Some(Self::Windows1252),
            (None, _) => None,
        }
    }

    /// The word for it in scenarios.
    pub fn word(self) -> &'static str {
        let known = Self::WORDS.iter().find(|(encoding, _)| *encoding == self);
        known.map_or("utf-8", |(_, word)| word)
    }

    /// The same text as UTF-8.
    pub(crate) fn to_utf8(self, input: Box<dyn Read + Send>) -> Box<dyn Read + Send> {
        match self {
            Self::Utf8 => input,
            Self::Windows1252 | Self::Utf16Le => Box::new(Transcoder {
                input,
                encoding: self,
                rest: Vec::new(),
                ready: Vec::new(),
                n_taken: 0,
            }),
        }
    }

    /// Makes UTF-8 of whole characters, and leaves what is not whole.
    fn decode(self, bytes: &mut Vec<u8>, ready: &mut Vec<u8>, is_end: bool) {
        let mut push = |char: char| {
            ready.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
        };
        match self {
            Self::Utf8 => ready.append(bytes),
            Self::Windows1252 => {
                for byte in bytes.drain(..) {
                    push(match byte {
                        0x80..=0x9F => UPPER[usize::from(byte - 0x80)],
                        _ => char::from(byte),
                    });
                }
            }
            Self::Utf16Le => {
                let n_whole = whole_units(bytes, is_end);
                let units = bytes[..n_whole].chunks_exact(2);
                let units = units.map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
                for char in char::decode_utf16(units) {
                    push(char.unwrap_or(char::REPLACEMENT_CHARACTER));
                }
                bytes.drain(..n_whole);
            }
        }
    }
}

/// Bytes of whole pairs, without the first half of a character that goes on.
fn whole_units(bytes: &[u8], is_end: bool) -> usize {
    let n_whole = bytes.len() - bytes.len() % 2;
    let is_first_half = n_whole >= 2 && (0xD8..=0xDB).contains(&bytes[n_whole - 1]);
    if is_first_half && !is_end {
        n_whole - 2
    } else {
        n_whole
    }
}

/// Bytes of another encoding, read as UTF-8.
struct Transcoder {
    input: Box<dyn Read + Send>,
    encoding: Encoding,
    // Bytes of a character that is not whole yet.
    rest: Vec<u8>,
    ready: Vec<u8>,
    n_taken: usize,
}

impl Read for Transcoder {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.n_taken == self.ready.len() {
            self.ready.clear();
            self.n_taken = 0;
            let mut bytes = [0; 16_384];
            let n_read = self.input.read(&mut bytes)?;
            self.rest.extend_from_slice(&bytes[..n_read]);
            let is_end = n_read == 0;
            self.encoding
                .decode(&mut self.rest, &mut self.ready, is_end);
            if is_end && self.ready.is_empty() {
                return Ok(0);
            }
        }
        let n = buffer.len().min(self.ready.len() - self.n_taken);
        buffer[..n].copy_from_slice(&self.ready[self.n_taken..self.n_taken + n]);
        self.n_taken += n;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text that bytes are, read a few at a time.
    fn read(encoding: Encoding, bytes: &[u8]) -> String {
        let mut input = encoding.to_utf8(Box::new(io::Cursor::new(bytes.to_vec())));
        let mut text = Vec::new();
        let mut some = [0; 3];
        loop {
            match input.read(&mut some).unwrap() {
                0 => return String::from_utf8(text).unwrap(),
                n => text.extend_from_slice(&some[..n]),
            }
        }
    }

    #[test]
    fn bytes_become_the_characters_that_they_stand_for() {
        let latin = b"K\xe4ufer;12,50 \x80\r\n";
        assert_eq!(
            read(Encoding::Windows1252, latin),
            "K\u{e4}ufer;12,50 \u{20ac}\r\n"
        );
        let text = "\u{feff}K\u{e4}ufer \u{1f600}\n";
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(read(Encoding::Utf16Le, &wide), text);
        assert_eq!(read(Encoding::Utf16Le, &wide[..5]), "\u{feff}K");
    }

    #[test]
    fn every_word_names_its_encoding() {
        for (encoding, word) in Encoding::WORDS {
            assert_eq!(
                (Encoding::from_word(word), encoding.word()),
                (Some(encoding), word)
            );
        }
        assert_eq!(Encoding::from_word("Latin1"), Some(Encoding::Windows1252));
        assert_eq!(Encoding::from_word("ebcdic"), None);
    }
}
