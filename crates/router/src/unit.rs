//! What a lead is drawn by: its own key, or the keyed hashes of the values that keep its arms.

use std::{
    collections::BTreeMap,
    fmt::{self, Write as _},
    hash::Hasher as _,
};

use pointsman_lead::{FieldKind, NormalForm, ValueRef};
use siphasher::sip128::{Hasher128 as _, SipHasher24};
use smallvec::SmallVec;

/// The key of the hashes of sticky values. Each database has one of its own, so that nobody who has not
/// this key can find out by trying whose hash a hash is.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct HashKey(pub [u8; 16]);

/// The sticky values of a lead, hashed, by the names of their fields; 32 lower-case hex digits each.
pub type UnitHashes = BTreeMap<String, String>;

/// What a lead is drawn by.
#[derive(Debug, Clone, Copy)]
pub struct Unit<'a> {
    /// What splits draw by that are not sticky, and those whose field is missing: source and idempotency
    /// key, or else the lead's id.
    pub key: &'a str,
    /// The key of the database's hashes.
    pub hash_key: HashKey,
    /// The hashes that were stored with a decision. They stand in for the values, which may no longer be
    /// there, and for the key, which another database has not.
    pub hashes: Option<&'a UnitHashes>,
}

impl<'a> Unit<'a> {
    /// The unit of a lead that is decided for the first time.
    pub fn new(key: &'a str, hash_key: HashKey) -> Self {
        Self {
            key,
            hash_key,
            hashes: None,
        }
    }
}

impl HashKey {
    /// The hash of the normal forms of some values together, with the names of their fields: 32 hex digits.
    pub fn hash_of(self, values: &[(&str, &FieldKind, ValueRef<'_>)]) -> String {
        let mut hasher = SipHasher24::new_with_key(&self.0);
        for (name, kind, value) in values {
            // With their lengths, so that no two lists of values are one text.
            for text in [(*name).to_owned(), NormalForm(kind, *value).to_string()] {
                hasher.write(&(text.len() as u64).to_le_bytes());
                hasher.write(text.as_bytes());
            }
        }
        let bytes = hasher.finish128().as_bytes();
        format!("{:032x}", u128::from_be_bytes(bytes))
    }

    /// The hash of a value's normal form, by which its leads are known: 32 hex digits.
    pub fn hash_of_value(self, kind: &FieldKind, value: ValueRef<'_>) -> String {
        let mut hash = String::with_capacity(32);
        // Writing to a text does not fail.
        let _ = self.write_hash(&mut hash, kind, value);
        hash
    }

    /// Writes the hash of a value's normal form as 32 hex digits: SipHash-2-4 with 128 bits.
    ///
    /// The kind of the field is no part of it: a text field that becomes an e-mail address keeps its people.
    pub(crate) fn write_hash(
        self,
        out: &mut impl fmt::Write,
        kind: &FieldKind,
        value: ValueRef<'_>,
    ) -> fmt::Result {
        let mut normal = Buffer(SmallVec::new());
        write!(normal, "{}", NormalForm(kind, value))?;
        let mut hasher = SipHasher24::new_with_key(&self.0);
        hasher.write(&normal.0);
        for byte in hasher.finish128().as_bytes() {
            for digit in [byte >> 4, byte & 0xf] {
                out.write_char(char::from(b"0123456789abcdef"[usize::from(digit)]))?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for HashKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("HashKey(…)")
    }
}

/// A text to be hashed. The first 128 bytes need no allocation.
struct Buffer(SmallVec<[u8; 128]>);

impl fmt::Write for Buffer {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}
