//! Master keys, as a file has them.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use thiserror::Error;

use super::{KEY_LEN, Key, name_of, random};
use crate::Error;

/// Keys by which the data keys of databases are sealed. The first one seals; the others open what they have sealed.
#[derive(Clone, PartialEq, Eq)]
pub struct MasterKeys(Vec<[u8; KEY_LEN]>);

/// Why a text holds no master keys.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MasterKeysError {
    /// A line is none.
    #[error(
        "line {line} is not a key: write 64 hexadecimal digits, such as those of `openssl rand -hex 32`"
    )]
    Line {
        /// From 1.
        line: usize,
    },
    /// There is no line.
    #[error(
        "there is no key: write 64 hexadecimal digits, such as those of `openssl rand -hex 32`"
    )]
    Empty,
}

impl fmt::Debug for MasterKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_tuple("MasterKeys")
            .field(&self.names())
            .finish()
    }
}

impl MasterKeys {
    /// Reads keys: one a line, 64 hexadecimal digits. Empty lines and those that begin with `#` are left out.
    ///
    /// # Errors
    ///
    /// [`MasterKeysError`]; the text of a line is not repeated.
    pub fn parse(text: &str) -> Result<Self, MasterKeysError> {
        let lines = (1..).zip(text.lines().map(str::trim));
        let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        let keys = lines.map(|(line, text)| bytes_of(text).ok_or(MasterKeysError::Line { line }));
        let keys: Vec<_> = keys.collect::<Result<_, _>>()?;
        if keys.is_empty() {
            return Err(MasterKeysError::Empty);
        }
        Ok(Self(keys))
    }

    /// What the keys are called: the first eight digits of their SHA-256.
    pub fn names(&self) -> Vec<String> {
        self.0.iter().map(name_of).collect()
    }

    /// A new data key: its bytes, and as it is stored.
    pub(crate) fn make(&self, number: i64) -> Result<([u8; KEY_LEN], Wrapped), Error> {
        let bytes = random()?;
        Ok((bytes, self.wrap(number, &bytes)?))
    }

    /// A data key as it is stored, sealed by the first key.
    pub(crate) fn wrap(&self, number: i64, bytes: &[u8; KEY_LEN]) -> Result<Wrapped, Error> {
        let first = &self.0[0];
        let sealed = Key::of(first).seal(&beside(number), bytes)?;
        Ok(Wrapped {
            by: name_of(first),
            sealed: STANDARD_NO_PAD.encode(sealed),
        })
    }

    /// The bytes of a data key that one of the keys has sealed.
    pub(crate) fn unwrap(&self, number: i64, wrapped: &Wrapped) -> Result<[u8; KEY_LEN], Error> {
        let Wrapped { by, sealed } = wrapped;
        let Some(key) = self.0.iter().find(|key| name_of(key) == *by) else {
            return Err(Error::Keys {
                what: format!(
                    "data key {number} is sealed by the master key {by}, which is not among those given ({})",
                    self.names().join(", ")
                ),
            });
        };
        let sealed = STANDARD_NO_PAD.decode(sealed).ok();
        let bytes = sealed.and_then(|sealed| Key::of(key).open(&beside(number), &sealed));
        let bytes = bytes.and_then(|bytes| bytes.try_into().ok());
        bytes.ok_or_else(|| Error::Corrupt {
            what: format!("data key {number} cannot be opened"),
        })
    }
}

/// A data key as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wrapped {
    /// What the master key is called.
    pub(crate) by: String,
    /// Base64.
    pub(crate) sealed: String,
}

fn beside(number: i64) -> String {
    format!("data_key:{number}")
}

fn bytes_of(text: &str) -> Option<[u8; KEY_LEN]> {
    let text = text.as_bytes();
    if text.len() != 2 * KEY_LEN {
        return None;
    }
    let mut bytes = [0; KEY_LEN];
    for (byte, digits) in bytes.iter_mut().zip(text.chunks_exact(2)) {
        let [high, low] = [digits[0], digits[1]].map(|digit| char::from(digit).to_digit(16));
        *byte = u8::try_from(high? * 16 + low?).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_data_key_is_opened_by_any_master_key_that_sealed_it() {
        let (old, new) = ("ab".repeat(32), "0F".repeat(32));
        let only = MasterKeys::parse(&old).unwrap();
        let (bytes, wrapped) = only.make(1).unwrap();
        let both = MasterKeys::parse(&format!("# new\n{new}\n\n{old}\n")).unwrap();
        assert_eq!(both.unwrap(1, &wrapped).unwrap(), bytes);
        assert!(matches!(
            both.unwrap(2, &wrapped),
            Err(Error::Corrupt { .. })
        ));
        let again = both.wrap(1, &bytes).unwrap();
        assert_ne!(again.by, wrapped.by);
        assert!(matches!(only.unwrap(1, &again), Err(Error::Keys { .. })));
        assert!(!format!("{both:?}").contains("abab"), "{both:?}");
    }

    #[test]
    fn what_is_no_key_is_told_by_its_line_and_not_repeated() {
        assert_eq!(MasterKeys::parse("# none\n"), Err(MasterKeysError::Empty));
        let wrong = format!("{}\n{}", "ab".repeat(32), "zz".repeat(32));
        assert_eq!(
            MasterKeys::parse(&wrong),
            Err(MasterKeysError::Line { line: 2 })
        );
        let short = MasterKeys::parse("abcd").unwrap_err();
        assert!(!short.to_string().contains("abcd"), "{short}");
    }
}
