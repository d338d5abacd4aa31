//! Texts of a lead that its walk draws and weighs by, side by side in one place.

use std::{fmt, ops::Range};

use pointsman_lead::ValueRef;
use smallvec::SmallVec;

/// Texts that are added once and read by range. The first 96 bytes need no allocation.
#[derive(Debug, Clone, Default)]
pub(crate) struct Texts(SmallVec<[u8; 96]>);

impl Texts {
    /// Adds what is written, and says where it stands.
    pub(crate) fn add(&mut self, write: impl FnOnce(&mut Self) -> fmt::Result) -> Range<usize> {
        let start = self.0.len();
        // Writing here cannot fail.
        let _ = write(self);
        start..self.0.len()
    }

    pub(crate) fn bytes(&self, range: &Range<usize>) -> &[u8] {
        &self.0[range.clone()]
    }

    pub(crate) fn get(&self, range: &Range<usize>) -> &str {
        // Only whole texts ever get in.
        str::from_utf8(self.bytes(range)).unwrap_or_default()
    }
}

impl fmt::Write for Texts {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

/// A value as the text that segments and sticky units are made of. Part of the semantics.
pub(crate) struct Text<'a>(pub(crate) ValueRef<'a>);

impl fmt::Display for Text<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            ValueRef::Text(text) | ValueRef::Label { text, .. } => formatter.write_str(text),
            ValueRef::Integer(number) | ValueRef::Decimal(number) => write!(formatter, "{number}"),
            ValueRef::Boolean(truth) => write!(formatter, "{truth}"),
            ValueRef::Timestamp(at) => write!(formatter, "{}", at.0),
            ValueRef::Date(date) => write!(formatter, "{date}"),
        }
    }
}
