//! By what a person is known whose details may not be kept: keyed hashes of their values.

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use pointsman_lead::{Field, FieldKind, NormalForm, ValueRef};
use pointsman_store::{Read, Store};
use rand::{TryRng as _, rngs::SysRng};
use sha2::{Digest as _, Sha256};

use crate::Error;

/// The key of the hashes of persons. Each database has one of its own, so that a hash of another one says nothing here,
/// and nobody who has not this key can find out by trying whose hash a hash is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PersonKey([u8; 32]);

impl fmt::Debug for PersonKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PersonKey(…)")
    }
}

/// What a value is of, in its hash: e-mail addresses and telephone numbers are the same in every field.
fn subject(field: &Field) -> &str {
    match field.kind {
        FieldKind::Email | FieldKind::Phone => field.kind.name(),
        _ => &field.name,
    }
}

/// Whether a value of this kind is of one person and hardly of another.
pub fn identifies(kind: &FieldKind) -> bool {
    matches!(kind, FieldKind::Email | FieldKind::Phone)
}

impl PersonKey {
    /// The hash of a value: HMAC-SHA-256, of which 32 hex digits are kept.
    ///
    /// What goes in is the SHA-256 of the value's normal form and not the value, so that lists of such digests, which
    /// the trade exchanges, can be taken as they are.
    pub fn hash_of(&self, field: &Field, value: ValueRef<'_>) -> String {
        let normal = NormalForm(&field.kind, value).to_string();
        let digest: [u8; 32] = Sha256::digest(normal.as_bytes()).into();
        self.hash_of_digest(subject(field), digest)
    }

    /// The same for a value of which only its digest is known.
    ///
    /// * `subject`: `email`, `phone`, or the name of a field of another kind.
    pub fn hash_of_digest(&self, subject: &str, digest: [u8; 32]) -> String {
        let mut mac = self.mac();
        mac.update(subject.as_bytes());
        // No name of a field holds it.
        mac.update(&[0]);
        mac.update(&digest);
        hex(&mac.finalize().into_bytes()[..16])
    }

    fn mac(&self) -> Hmac<Sha256> {
        Hmac::new_from_slice(&self.0).expect("a key of HMAC has any length")
    }

    fn read(text: &str) -> Result<Self, Error> {
        let unreadable = || Error::Stored {
            what: "the key of this database's hashes of persons".to_owned(),
        };
        let mut key = [0; 32];
        if text.len() != 64 || !text.is_ascii() {
            return Err(unreadable());
        }
        for (position, byte) in key.iter_mut().enumerate() {
            let digits = &text[2 * position..2 * position + 2];
            *byte = u8::from_str_radix(digits, 16).map_err(|_| unreadable())?;
        }
        Ok(Self(key))
    }
}

fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a text never fails.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The key of a database, `None` before any hash of a person was made.
///
/// # Errors
///
/// [`Error::Store`], and [`Error::Stored`] for what is no key; the message does not show it.
pub async fn person_key(read: &Read<'_>) -> Result<Option<PersonKey>, Error> {
    let stored = read.person_key().await?;
    stored.as_deref().map(PersonKey::read).transpose()
}

/// The same; where there is none, one that is kept nowhere. It is good for finding the leads of a person, of whom no hash is
/// stored.
///
/// # Errors
///
/// Those of [`person_key`], and [`Error::Random`] where the system gives no random bytes.
pub async fn person_key_to_look(read: &Read<'_>) -> Result<PersonKey, Error> {
    match person_key(read).await? {
        Some(key) => Ok(key),
        None => PersonKey::read(&fresh()?),
    }
}

fn fresh() -> Result<String, Error> {
    let mut bytes = [0; 32];
    SysRng.try_fill_bytes(&mut bytes)?;
    Ok(hex(&bytes))
}

/// The same; made where there is none.
///
/// # Errors
///
/// Those of [`person_key`], and [`Error::Random`] where the system gives no random bytes.
pub async fn keep_person_key(store: &Store) -> Result<PersonKey, Error> {
    if let Some(key) = person_key(&store.read()).await? {
        return Ok(key);
    }
    let new = fresh()?;
    // Whoever comes first decides, and everybody reads that one.
    let kept = store.note(move |tx| Box::pin(async move { tx.keep_person_key(&new).await }));
    PersonKey::read(&kept.await?)
}

#[cfg(test)]
mod tests {
    use pointsman_lead::Required;

    use super::*;

    fn field(name: &str, kind: FieldKind) -> Field {
        Field {
            name: name.to_owned(),
            kind,
            required: Required::Never,
            pii: true,
        }
    }

    #[test]
    fn a_person_is_one_person_in_any_spelling_and_field_and_nobody_else() {
        let key = PersonKey([7; 32]);
        let hash = |name, kind, text| key.hash_of(&field(name, kind), ValueRef::Text(text));
        let ada = hash("email", FieldKind::Email, "Ada@X.Example");
        assert_eq!(ada, hash("mail", FieldKind::Email, " ada@x.example"));
        assert_ne!(ada, hash("email", FieldKind::Email, "ada@y.example"));
        assert_ne!(ada, hash("note", FieldKind::text(80), "ada@x.example"));
        let other = PersonKey([8; 32]);
        let theirs = other.hash_of(
            &field("email", FieldKind::Email),
            ValueRef::Text("ada@x.example"),
        );
        assert_ne!(ada, theirs);
    }

    /// The digest is `printf %s ada@x.example | sha256sum`, as lists of the trade have it.
    #[test]
    fn a_digest_of_a_list_is_the_same_person() {
        let key = PersonKey([7; 32]);
        let digest: [u8; 32] = Sha256::digest(b"ada@x.example").into();
        let listed = key.hash_of_digest("email", digest);
        let value = ValueRef::Text("Ada@x.example");
        assert_eq!(listed, key.hash_of(&field("mail", FieldKind::Email), value));
    }

    #[test]
    fn what_is_no_key_is_an_error_that_does_not_show_it() {
        for wrong in ["", "00", &"é".repeat(32), &"x".repeat(64)] {
            let error = PersonKey::read(wrong).unwrap_err().to_string();
            assert_eq!(
                error,
                "the key of this database's hashes of persons cannot be read"
            );
        }
        assert_eq!(
            PersonKey::read(&"07".repeat(32)).unwrap(),
            PersonKey([7; 32])
        );
    }
}
