//! Content addresses: SHA-256 over an unambiguous byte form.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;

/// A SHA-256. Its text form is 64 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hash([u8; 32]);

/// A text that is not a hash.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is not a hash; write 64 lower-case hex digits")]
pub struct HashError(String);

impl Hash {
    /// The hash of a text as it is.
    pub fn of_text(text: &str) -> Self {
        Self(Sha256::digest(text).into())
    }

    /// The 32 bytes themselves.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl From<[u8; 32]> for Hash {
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl FromStr for Hash {
    type Err = HashError;

    fn from_str(text: &str) -> Result<Self, HashError> {
        let digit = |byte: u8| match byte {
            b'0'..=b'9' => Some(byte - b'0'),
            b'a'..=b'f' => Some(byte - b'a' + 10),
            _ => None,
        };
        let wrong = || HashError(text.to_owned());
        if text.len() != 64 {
            return Err(wrong());
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            let high = digit(pair[0]).ok_or_else(wrong)?;
            let low = digit(pair[1]).ok_or_else(wrong)?;
            *byte = high << 4 | low;
        }
        Ok(Self(bytes))
    }
}

impl TryFrom<String> for Hash {
    type Error = HashError;

    fn try_from(text: String) -> Result<Self, HashError> {
        text.parse()
    }
}

impl From<Hash> for String {
    fn from(hash: Hash) -> Self {
        hash.to_string()
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        // Written at once: each lead has a fingerprint.
        let digits = self.0.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        let text: String = digits
            .map(|digit| char::from(DIGITS[usize::from(digit)]))
            .collect();
        formatter.write_str(&text)
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// Feeds values into a SHA-256 so that no two different sequences give the same bytes: every value
/// carries a tag of its kind, and texts and lists their length.
pub(crate) struct Encoder {
    sha: Sha256,
    /// What is not yet hashed: most values are a few bytes, and each call costs.
    waiting: Vec<u8>,
}

/// Bytes that are hashed together.
const BATCH: usize = 4_096;

impl Encoder {
    /// An encoder for one kind of thing; equal contents of two kinds never collide.
    pub(crate) fn new(domain: &str) -> Self {
        let mut encoder = Self {
            sha: Sha256::new(),
            waiting: Vec::with_capacity(BATCH),
        };
        encoder.text(domain);
        encoder
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.length(b't', text.len());
        self.feed(text.as_bytes());
    }

    pub(crate) fn integer(&mut self, integer: i64) {
        self.feed(b"i");
        self.feed(&integer.to_be_bytes());
    }

    pub(crate) fn boolean(&mut self, boolean: bool) {
        self.feed(&[b'b', u8::from(boolean)]);
    }

    pub(crate) fn none(&mut self) {
        self.feed(b"n");
    }

    pub(crate) fn hash(&mut self, hash: Hash) {
        self.feed(b"h");
        self.feed(&hash.0);
    }

    /// Opens a list; the caller then feeds exactly `length` entries.
    pub(crate) fn list(&mut self, length: usize) {
        self.length(b'l', length);
    }

    /// Opens an object; the caller then feeds exactly `length` pairs, names first, in name order.
    fn object(&mut self, length: usize) {
        self.length(b'o', length);
    }

    fn length(&mut self, tag: u8, length: usize) {
        self.feed(&[tag]);
        self.feed(&(length as u64).to_be_bytes());
    }

    /// Any JSON value, objects by sorted names: the order in which serde met them does not count.
    pub(crate) fn json(&mut self, value: &serde_json::Value) {
        use serde_json::Value as Json;
        match value {
            Json::Null => self.none(),
            Json::Bool(boolean) => self.boolean(*boolean),
            Json::Number(number) => match number.as_i64() {
                Some(integer) => self.integer(integer),
                None => self.text(&number.to_string()),
            },
            Json::String(text) => self.text(text),
            Json::Array(entries) => {
                self.list(entries.len());
                for entry in entries {
                    self.json(entry);
                }
            }
            Json::Object(members) => {
                let mut names: Vec<&String> = members.keys().collect();
                names.sort();
                self.object(names.len());
                for name in names {
                    self.text(name);
                    self.json(&members[name]);
                }
            }
        }
    }

    fn feed(&mut self, bytes: &[u8]) {
        if self.waiting.len() + bytes.len() > BATCH {
            self.sha.update(&self.waiting);
            self.waiting.clear();
        }
        if bytes.len() > BATCH {
            self.sha.update(bytes);
        } else {
            self.waiting.extend_from_slice(bytes);
        }
    }

    pub(crate) fn finish(mut self) -> Hash {
        self.sha.update(&self.waiting);
        Hash(self.sha.finalize().into())
    }
}
