//! When tokens and sessions were used last: kept in memory, and written now and then beside all requests.

use std::{
    collections::BTreeMap,
    mem,
    sync::{Mutex, PoisonError, Weak},
    time::Duration,
};

use pointsman_store::WriteTx;

use crate::{Error, Inner};

/// How far apart two times of one token are that are stored, by the clock of the service.
const APART: Duration = Duration::from_mins(5);
/// How often what is new is stored, in real time.
const WRITE_EVERY: Duration = Duration::from_secs(5);
/// Most tokens and sessions of which is remembered that they were used.
const REMEMBERED_MAX: usize = 20_000;

/// What is used.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Used {
    /// A token, by its id.
    Token(String),
    /// A session, by the hash of its secret.
    Session(String),
}

impl Used {
    async fn write(&self, tx: &WriteTx, at: i64) -> Result<(), pointsman_store::Error> {
        let apart = micros(APART);
        match self {
            Self::Token(id) => tx.note_token_use(id, at, apart).await,
            Self::Session(hash) => tx.note_session_use(hash, at, apart).await,
        }
    }
}

/// What was used lately, and when.
#[derive(Debug, Default)]
pub(crate) struct Uses(Mutex<Remembered>);

#[derive(Debug, Default)]
struct Remembered {
    /// What is to be written, with its last time.
    new: BTreeMap<Used, i64>,
    /// What was written, with the time.
    written: BTreeMap<Used, i64>,
}

impl Uses {
    /// Remembers a use. Costs no more than a look into memory.
    ///
    /// * `at`: now, microseconds.
    pub(crate) fn note(&self, used: Used, at: i64) {
        let mut remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Remembered { new, written } = &mut *remembered;
        let is_known = |before: &i64| at.saturating_sub(*before) < micros(APART);
        if written.get(&used).is_some_and(is_known) {
            return;
        }
        if new.len() + written.len() >= REMEMBERED_MAX {
            // Written once more at worst.
            written.clear();
        }
        if new.len() < REMEMBERED_MAX {
            new.insert(used, at);
        }
    }

    fn take(&self) -> BTreeMap<Used, i64> {
        let mut remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        mem::take(&mut remembered.new)
    }

    /// * `is_stored`: whether they were; else they are written the next time.
    fn put_back(&self, uses: BTreeMap<Used, i64>, is_stored: bool) {
        let mut remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if is_stored {
            remembered.written.extend(uses);
            return;
        }
        for (used, at) in uses {
            remembered.new.entry(used).or_insert(at);
        }
    }
}

/// Writes what is new, again and again, until nobody configures any more.
pub(crate) async fn keep(inner: Weak<Inner>) {
    loop {
        tokio::time::sleep(WRITE_EVERY).await;
        let Some(inner) = inner.upgrade() else {
            return;
        };
        if let Err(error) = write(&inner).await {
            tracing::debug!(error = %error, "the last use of tokens could not be stored");
        }
    }
}

/// Writes what is new, in one transaction that gives out no number.
async fn write(inner: &Inner) -> Result<(), Error> {
    let uses = inner.uses.take();
    if uses.is_empty() {
        return Ok(());
    }
    let to_write = uses.clone();
    let written = inner.store.note(move |tx| {
        Box::pin(async move {
            // In the order of the map, so that two processes never wait for each other's rows.
            for (used, at) in &to_write {
                used.write(tx, *at).await?;
            }
            Ok(())
        })
    });
    let written = written.await;
    inner.uses.put_back(uses, written.is_ok());
    Ok(written?)
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(n: usize) -> Used {
        Used::Token(format!("tok_{n}"))
    }

    #[test]
    fn a_use_is_written_once_in_five_minutes_and_again_where_that_failed() {
        let uses = Uses::default();
        let five = micros(APART);
        uses.note(token(1), 10);
        uses.note(token(1), 20);
        let first = uses.take();
        assert_eq!(first, BTreeMap::from([(token(1), 20)]));
        uses.put_back(first, false);
        uses.note(token(1), 30);
        let again = uses.take();
        assert_eq!(again, BTreeMap::from([(token(1), 30)]));
        uses.put_back(again, true);
        for soon in [30, 29 + five, 0] {
            uses.note(token(1), soon);
            assert!(uses.take().is_empty(), "{soon}");
        }
        uses.note(token(1), 30 + five);
        assert_eq!(uses.take().len(), 1);
    }

    #[test]
    fn memory_is_bounded_whoever_asks() {
        let uses = Uses::default();
        for n in 0..3 * REMEMBERED_MAX {
            uses.note(token(n), 1);
            if n % 1_000 == 0 {
                let some = uses.take();
                uses.put_back(some, n.is_multiple_of(2_000));
            }
        }
        let remembered = uses.0.lock().unwrap();
        assert!(remembered.new.len() <= REMEMBERED_MAX);
        assert!(remembered.written.len() <= REMEMBERED_MAX);
    }
}
