//! Keys by which texts are sealed before they are stored: whoever reads the database without them reads nothing of persons
//! and no secrets.
//!
//! Texts are sealed by a data key of the database (AES-256-GCM, with the name of column and row beside, so that no text
//! can stand in another one's place). The data keys are in the database, sealed by a master key that is not.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{PoisonError, RwLock, RwLockReadGuard},
};

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    digest::{SHA256, digest},
    rand::{SecureRandom as _, SystemRandom},
};

use crate::Error;

mod master;
mod older;
mod sealed;

pub(crate) use master::Wrapped;
pub use master::{MasterKeys, MasterKeysError};
pub use older::Older;
pub(crate) use sealed::{Place, SEALED, Sealed};

/// What a sealed text begins with; then the number of its data key and a colon.
const MARK: &str = "sealed:1:";
/// Bytes of a key.
const KEY_LEN: usize = 32;

/// A key that seals and opens.
pub(crate) struct Key(LessSafeKey);

impl Key {
    fn of(bytes: &[u8; KEY_LEN]) -> Self {
        let key = UnboundKey::new(&AES_256_GCM, bytes).expect("the key has the cipher's length");
        Self(LessSafeKey::new(key))
    }

    /// Nonce, sealed bytes and tag.
    fn seal(&self, beside: &str, bytes: &[u8]) -> Result<Vec<u8>, Error> {
        let nonce: [u8; NONCE_LEN] = random()?;
        let mut sealed = bytes.to_vec();
        let aad = Aad::from(beside.as_bytes());
        let appended =
            self.0
                .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut sealed);
        appended.map_err(|_| Error::Keys {
            what: format!("{beside} is too long to be sealed"),
        })?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    fn open(&self, beside: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut bytes = sealed.to_vec();
        let aad = Aad::from(beside.as_bytes());
        let opened = self.0.open_in_place(nonce, aad, &mut bytes).ok()?;
        Some(opened.to_vec())
    }
}

/// Random bytes of the system.
fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| Error::Keys {
            what: "the system gives no random bytes".to_owned(),
        })?;
    Ok(bytes)
}

/// The data keys of a database, as far as this process knows them. Without any, texts are stored as they are.
#[derive(Default)]
pub(crate) struct Keyring {
    master: Option<MasterKeys>,
    data: RwLock<BTreeMap<i64, Key>>,
}

impl fmt::Debug for Keyring {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = self.known();
        let numbers: Vec<&i64> = keys.keys().collect();
        formatter
            .debug_struct("Keyring")
            .field("data_keys", &numbers)
            .finish_non_exhaustive()
    }
}

/// Why a text could not be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Closed {
    /// No data key of this number is known here.
    UnknownKey,
    /// It was not sealed for this place, or is damaged.
    Damaged,
}

impl Keyring {
    fn known(&self) -> RwLockReadGuard<'_, BTreeMap<i64, Key>> {
        self.data.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn of(master: Option<MasterKeys>) -> Self {
        Self {
            master,
            data: RwLock::default(),
        }
    }

    pub(crate) fn master(&self) -> Option<&MasterKeys> {
        self.master.as_ref()
    }

    /// Takes in a data key.
    pub(crate) fn add(&self, number: i64, bytes: &[u8; KEY_LEN]) {
        let mut keys = self.data.write().unwrap_or_else(PoisonError::into_inner);
        keys.insert(number, Key::of(bytes));
    }

    /// Whether texts are sealed.
    pub(crate) fn seals(&self) -> bool {
        self.newest().is_some()
    }

    /// The number of the data key that texts are sealed by.
    pub(crate) fn newest(&self) -> Option<i64> {
        let keys = self.known();
        keys.keys().next_back().copied()
    }

    /// A text as it is stored.
    pub(crate) fn seal(&self, place: &Place<'_>, text: String) -> Result<String, Error> {
        let keys = self.known();
        let Some((number, key)) = keys.last_key_value() else {
            return Ok(text);
        };
        let sealed = key.seal(&place.to_string(), text.as_bytes())?;
        Ok(format!("{MARK}{number}:{}", STANDARD_NO_PAD.encode(sealed)))
    }

    /// A sealed text as it was. One that is not sealed stays as it is.
    pub(crate) fn open(&self, place: &Place<'_>, stored: &str) -> Result<String, Closed> {
        let Some((number, sealed)) = parts(stored) else {
            return Ok(stored.to_owned());
        };
        let keys = self.known();
        let key = keys.get(&number).ok_or(Closed::UnknownKey)?;
        let sealed = STANDARD_NO_PAD
            .decode(sealed)
            .map_err(|_| Closed::Damaged)?;
        let bytes = key
            .open(&place.to_string(), &sealed)
            .ok_or(Closed::Damaged)?;
        String::from_utf8(bytes).map_err(|_| Closed::Damaged)
    }

    /// Whether a stored text is sealed by the newest data key.
    pub(crate) fn is_newest(&self, stored: &str) -> bool {
        parts(stored).map(|(number, _)| number) == self.newest()
    }
}

/// Whether a text looks like a sealed one.
fn is_sealed(stored: &str) -> bool {
    parts(stored).is_some()
}

/// The number of the data key of a sealed text, and what is sealed.
fn parts(stored: &str) -> Option<(i64, &str)> {
    let (number, sealed) = stored.strip_prefix(MARK)?.split_once(':')?;
    Some((number.parse().ok()?, sealed))
}

/// What a key is called: the first digits of its hash.
fn name_of(bytes: &[u8; KEY_LEN]) -> String {
    let hash = digest(&SHA256, bytes);
    let [first, second, third, fourth, ..] = hash.as_ref() else {
        return String::new();
    };
    let number = u32::from_be_bytes([*first, *second, *third, *fourth]);
    format!("{number:08x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place<'_> = Place {
        table: "lead",
        column: "fields_body",
        row: "led_1",
    };

    fn keyring() -> Keyring {
        let keyring = Keyring::default();
        keyring.add(1, &[7; KEY_LEN]);
        keyring
    }

    #[test]
    fn a_text_opens_in_its_own_place_alone() {
        let keyring = keyring();
        let text = r#"{"phone": "+12025550143"}"#;
        let stored = keyring.seal(&PLACE, text.to_owned()).unwrap();
        assert!(stored.starts_with("sealed:1:1:"), "{stored}");
        assert_eq!(keyring.open(&PLACE, &stored).unwrap(), text);
        let elsewhere = Place {
            row: "led_2",
            ..PLACE
        };
        assert_eq!(keyring.open(&elsewhere, &stored), Err(Closed::Damaged));
        let cut = stored[..stored.len() - 3].to_owned();
        assert_eq!(keyring.open(&PLACE, &cut), Err(Closed::Damaged));
        assert_eq!(
            keyring.open(&PLACE, &stored.replace(":1:1:", ":1:9:")),
            Err(Closed::UnknownKey)
        );
        // The same text is another one each time.
        assert_ne!(keyring.seal(&PLACE, text.to_owned()).unwrap(), stored);
    }

    #[test]
    fn texts_of_before_and_of_older_keys_stay_readable() {
        let keyring = keyring();
        assert_eq!(keyring.open(&PLACE, "{}").unwrap(), "{}");
        let old = keyring.seal(&PLACE, "{}".to_owned()).unwrap();
        assert!(keyring.is_newest(&old));
        keyring.add(2, &[8; KEY_LEN]);
        assert!(!keyring.is_newest(&old));
        assert_eq!(keyring.open(&PLACE, &old).unwrap(), "{}");
        let new = keyring.seal(&PLACE, "{}".to_owned()).unwrap();
        assert!(
            keyring.is_newest(&new) && new.starts_with("sealed:1:2:"),
            "{new}"
        );
        assert!(!format!("{keyring:?}").contains('7'), "{keyring:?}");
    }
}
