//! Who was authenticated a moment ago.

use std::{
    collections::BTreeMap,
    sync::{PoisonError, RwLock},
    time::{Duration, Instant},
};

use pointsman_lead::{Id, kinds};

use super::Principal;

/// Principals by the hash of their secret, so that not each request asks the database.
#[derive(Debug, Default)]
pub(crate) struct Known(RwLock<Remembered>);

#[derive(Debug, Default)]
struct Remembered {
    principals: BTreeMap<String, (Principal, Instant)>,
    /// How many tokens have been ended: what was read before an end must not be remembered after it.
    n_ended: u64,
}

/// Most principals that are remembered.
const KNOWN_MAX: usize = 10_000;
/// How long a principal is remembered: other processes end tokens too.
const KNOWN_FOR: Duration = Duration::from_secs(1);

impl Known {
    /// The principal, if it is remembered, and how many tokens have been ended so far.
    pub(crate) fn find(&self, hash: &str) -> (Option<Principal>, u64) {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let found = known.principals.get(hash);
        let fresh = found.filter(|(_, since)| since.elapsed() < KNOWN_FOR);
        (fresh.map(|(principal, _)| principal.clone()), known.n_ended)
    }

    /// Remembers what was read, unless a token has been ended since.
    pub(crate) fn remember(&self, hash: String, principal: Principal, n_ended: u64) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.n_ended != n_ended {
            return;
        }
        if known.principals.len() >= KNOWN_MAX {
            known.principals.clear();
        }
        known.principals.insert(hash, (principal, Instant::now()));
    }

    /// Forgets all: another process may have ended some.
    pub(crate) fn forget_all(&self) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.n_ended += 1;
        known.principals.clear();
    }

    pub(super) fn forget(&self, id: Id<kinds::Token>) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.n_ended += 1;
        known
            .principals
            .retain(|_, (principal, _)| principal.id != Some(id));
    }
}

#[cfg(test)]
mod tests {
    use pointsman_lead::Timestamp;

    use super::*;
    use crate::Role;

    #[test]
    fn what_was_read_before_a_token_ended_is_not_remembered_after() {
        let known = Known::default();
        let id = Id::new(Timestamp(0), [1; 10]);
        let principal = Principal {
            id: Some(id),
            name: "web".to_owned(),
            role: Role::Source,
            source: None,
            destination: None,
        };
        let (_, before) = known.find("h");
        known.forget(id);
        known.remember("h".to_owned(), principal.clone(), before);
        assert_eq!(known.find("h").0, None);
        let (_, now) = known.find("h");
        known.remember("h".to_owned(), principal.clone(), now);
        assert_eq!(known.find("h").0, Some(principal));
    }
}
