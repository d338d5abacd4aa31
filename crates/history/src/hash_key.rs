//! The key of a database's hashes of sticky values: made once, then read back.

use pointsman_router::HashKey;
use pointsman_store::{Read, Store};
use rand::{TryRng as _, rngs::SysRng};

use crate::Error;

/// Stores a new key unless the database has one, so that it has one from its first start on.
///
/// # Errors
///
/// [`Error::Store`], and [`Error::Random`] where the system gives no random bytes.
pub async fn keep_hash_key(store: &Store) -> Result<(), Error> {
    if store.read().hash_key().await?.is_some() {
        return Ok(());
    }
    let mut bytes = [0; 16];
    SysRng.try_fill_bytes(&mut bytes)?;
    let new = format!("{:032x}", u128::from_be_bytes(bytes));
    // Whoever comes first decides, and everybody reads that one.
    store
        .write(|tx| Box::pin(async move { tx.keep_hash_key(&new).await }))
        .await?;
    Ok(())
}

/// The key of a database. One that was never started has drawn by none, so any will do: all zeros.
///
/// # Errors
///
/// [`Error::Store`], and [`Error::Stored`] for what is no key; the message does not show it.
pub async fn hash_key(read: &Read<'_>) -> Result<HashKey, Error> {
    let Some(text) = read.hash_key().await? else {
        return Ok(HashKey::default());
    };
    let number = u128::from_str_radix(&text, 16).ok();
    let number = number.filter(|_| text.len() == 32);
    let number = number.ok_or_else(|| Error::Stored {
        what: "the key of this database's hashes".to_owned(),
    })?;
    Ok(HashKey(number.to_be_bytes()))
}
