//! Which leads stand in the way of others that are like them.

use std::collections::BTreeMap;

use pointsman_lead::{Id, Timestamp, kinds};

/// What two leads share that are duplicates: where that counts, and the hash of the values.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HoldKey {
    /// A flow or a destination.
    pub scope: String,
    /// Of the compared values, 32 hex digits.
    pub hash: String,
}

/// The lead that stands in the way of others with its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hold {
    /// The lead.
    pub lead: Id<kinds::Lead>,
    /// When it came, or was offered.
    pub at: Timestamp,
}

/// The latest lead of each key that may still be sold, or was. A fold in commit order.
///
/// A key is taken when a lead enters a flow or is offered to a destination, and given back if nothing comes of it: what is
/// true of cap units is true of these. One lead holds a key at a time; a later one takes it only where the former does not
/// count any more.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holds(BTreeMap<HoldKey, Hold>);

impl Holds {
    /// What is held, as it was stored.
    pub fn new(stored: impl IntoIterator<Item = (HoldKey, Hold)>) -> Self {
        Self(stored.into_iter().collect())
    }

    /// The lead that holds a key since a moment or later, unless it is this one.
    pub fn other(
        &self,
        key: &HoldKey,
        lead: Id<kinds::Lead>,
        since: Timestamp,
    ) -> Option<Id<kinds::Lead>> {
        let hold = self.0.get(key)?;
        (hold.lead != lead && hold.at >= since).then_some(hold.lead)
    }

    /// What holds a key.
    pub fn get(&self, key: &HoldKey) -> Option<Hold> {
        self.0.get(key).copied()
    }

    /// A lead takes a key.
    pub fn take(&mut self, key: &HoldKey, hold: Hold) {
        self.0.insert(key.clone(), hold);
    }

    /// A lead gives a key back. What another one has taken since stays with that.
    ///
    /// * returns: whether this changes anything.
    pub fn release(&mut self, key: &HoldKey, lead: Id<kinds::Lead>) -> bool {
        let is_own = self.0.get(key).is_some_and(|hold| hold.lead == lead);
        if is_own {
            self.0.remove(key);
        }
        is_own
    }

    /// Every key with its lead.
    pub fn iter(&self) -> impl Iterator<Item = (&HoldKey, &Hold)> {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use pointsman_lead::{Id, Timestamp};

    use super::{Hold, HoldKey, Holds};

    #[test]
    fn a_key_is_held_by_its_latest_lead_until_that_gives_it_back() {
        let key = HoldKey {
            scope: "flow:solar".to_owned(),
            hash: "00".to_owned(),
        };
        let lead = |n: u8| Id::new(Timestamp(0), [n; 10]);
        let hold = |n: u8, at| Hold {
            lead: lead(n),
            at: Timestamp(at),
        };
        let mut holds = Holds::default();
        assert_eq!(holds.other(&key, lead(1), Timestamp(0)), None);
        holds.take(&key, hold(1, 5));
        assert_eq!(holds.other(&key, lead(2), Timestamp(5)), Some(lead(1)));
        assert_eq!(
            holds.other(&key, lead(2), Timestamp(6)),
            None,
            "it is too long ago"
        );
        assert_eq!(
            holds.other(&key, lead(1), Timestamp(0)),
            None,
            "nobody is in one's own way"
        );
        holds.take(&key, hold(2, 9));
        assert!(!holds.release(&key, lead(1)), "another one has it by now");
        assert_eq!(holds.other(&key, lead(3), Timestamp(0)), Some(lead(2)));
        assert!(holds.release(&key, lead(2)) && !holds.release(&key, lead(2)));
        assert_eq!(holds, Holds::default());
    }
}
