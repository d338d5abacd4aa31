//! By what a lead is known as a duplicate of another, and which rules ask.

use std::collections::{BTreeMap, BTreeSet};

use pointsman_flow::{Dedupe, DestinationIdx, Mask, Program};
use pointsman_lead::{Fields, Id, Schema, Timestamp, kinds};
use pointsman_ledger::{Hold, HoldKey, Holds};
use pointsman_router::{Answer, HashKey};
use pointsman_store::EndState;

/// The keys of one lead, by the rules of its program.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LeadKeys {
    /// Of the rule of the flow.
    flow: Vec<HoldKey>,
    /// Of the rules of destinations.
    destinations: BTreeMap<DestinationIdx, Vec<HoldKey>>,
}

impl LeadKeys {
    /// The keys of a lead. Where a value is missing, there is no key: nothing is equal to it.
    ///
    /// Test leads are held against test leads alone: what somebody tries out is in nobody's way.
    pub fn of(program: &Program, fields: &Fields, is_test: bool, hash_key: HashKey) -> Self {
        let keys = |kind: &str, name: &str, rule: &Dedupe| {
            let test = if is_test { ":test" } else { "" };
            let sets = rule.sets();
            let hashes = sets.filter_map(|set| hash(program.schema(), fields, set, hash_key));
            let keys = hashes.map(|hash| HoldKey {
                scope: format!("{kind}:{name}{test}"),
                hash,
            });
            keys.collect::<Vec<_>>()
        };
        let flow = program.document().dedupe.as_ref();
        let destinations = (0..).map(DestinationIdx).zip(program.destinations());
        let destinations = destinations.filter_map(|(idx, it)| {
            let rule = it.settings.dedupe.as_ref()?;
            let keys = keys("destination", &it.name, rule);
            (!keys.is_empty()).then_some((idx, keys))
        });
        Self {
            flow: flow.map_or_else(Vec::new, |rule| keys("flow", program.flow(), rule)),
            destinations: destinations.collect(),
        }
    }

    /// All of them as they are kept of a lead without its values: a destination, if it is of its rule, a scope and a hash.
    pub(crate) fn list(&self) -> Vec<(Option<u16>, String, String)> {
        let flow = self.flow.iter().map(|key| (None, key));
        let destinations = self.destinations.iter();
        let destinations =
            destinations.flat_map(|(idx, keys)| keys.iter().map(|key| (Some(idx.0), key)));
        let keys = flow.chain(destinations);
        keys.map(|(idx, key)| (idx, key.scope.clone(), key.hash.clone()))
            .collect()
    }

    /// The keys of such a list.
    pub(crate) fn of_list(list: &[(Option<u16>, String, String)]) -> Self {
        let mut keys = Self::default();
        for (idx, scope, hash) in list {
            let key = HoldKey {
                scope: scope.clone(),
                hash: hash.clone(),
            };
            match idx {
                None => keys.flow.push(key),
                Some(idx) => {
                    let of_destination = keys.destinations.entry(DestinationIdx(*idx));
                    of_destination.or_default().push(key);
                }
            }
        }
        keys
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &HoldKey> {
        self.flow.iter().chain(self.destinations.values().flatten())
    }

    /// The lead that this one is a duplicate of, by the rule of its flow.
    pub fn first(
        &self,
        program: &Program,
        holds: &Holds,
        lead: Id<kinds::Lead>,
        now: Timestamp,
    ) -> Option<Id<kinds::Lead>> {
        let rule = program.document().dedupe.as_ref()?;
        let since = rule.since(now);
        let mut held = self.flow.iter();
        held.find_map(|key| holds.other(key, lead, since))
    }

    /// Takes the destinations out of those that are free which have a lead like this one already.
    pub fn close(
        &self,
        program: &Program,
        holds: &Holds,
        lead: Id<kinds::Lead>,
        now: Timestamp,
        free: &mut Mask,
    ) {
        for (idx, keys) in &self.destinations {
            let settings = &program.destinations()[usize::from(idx.0)].settings;
            let Some(rule) = &settings.dedupe else {
                continue;
            };
            let since = rule.since(now);
            if keys
                .iter()
                .any(|key| holds.other(key, lead, since).is_some())
            {
                free.clear(*idx);
            }
        }
    }

    /// The lead enters its flow, and is a duplicate of none.
    pub fn enter(&self, holds: &mut HeldKeys, hold: Hold) {
        for key in &self.flow {
            holds.take(key, hold);
        }
    }

    /// The walk of the lead has ended.
    pub fn leave(
        &self,
        program: &Program,
        holds: &mut HeldKeys,
        lead: Id<kinds::Lead>,
        end: EndState,
    ) {
        let rule = program.document().dedupe.as_ref();
        let is_forgotten = matches!(end, EndState::Unsold | EndState::Declined);
        if is_forgotten && rule.is_some_and(|rule| rule.sold_only) {
            for key in &self.flow {
                holds.release(key, lead);
            }
        }
    }

    /// The lead is offered to a destination.
    pub fn offer(&self, holds: &mut HeldKeys, destination: DestinationIdx, hold: Hold) {
        for key in self.destinations.get(&destination).into_iter().flatten() {
            holds.take(key, hold);
        }
    }

    /// A destination has answered. One that never saw the lead has it not; one that said no has seen it.
    pub fn answer(
        &self,
        program: &Program,
        holds: &mut HeldKeys,
        destination: &str,
        lead: Id<kinds::Lead>,
        answer: Answer,
    ) {
        let Some(idx) = program.destination_idx(destination) else {
            return;
        };
        let settings = &program.destinations()[usize::from(idx.0)].settings;
        let sold_only = settings.dedupe.as_ref().is_some_and(|rule| rule.sold_only);
        let is_forgotten = match answer {
            Answer::NotSent => true,
            Answer::Rejected => sold_only,
            Answer::Accepted | Answer::Unknown => false,
        };
        if is_forgotten {
            for key in self.destinations.get(&idx).into_iter().flatten() {
                holds.release(key, lead);
            }
        }
    }
}

/// The hash of the values of some fields together; `None` where one is missing.
fn hash(schema: &Schema, fields: &Fields, set: &[String], hash_key: HashKey) -> Option<String> {
    let values = set.iter().map(|name| {
        let idx = schema.find(name)?;
        let value = fields.get(idx)?;
        Some((name.as_str(), &schema.field(idx).kind, value.borrowed()))
    });
    let values: Vec<_> = values.collect::<Option<_>>()?;
    Some(hash_key.hash_of(&values))
}

/// What is held, with the keys at which that changes.
#[derive(Debug, Clone, Default)]
pub struct HeldKeys {
    holds: Holds,
    changed: BTreeSet<HoldKey>,
}

impl HeldKeys {
    /// What is held before anything changes.
    pub fn new(holds: Holds) -> Self {
        Self {
            holds,
            changed: BTreeSet::new(),
        }
    }

    /// What is held now.
    pub fn holds(&self) -> &Holds {
        &self.holds
    }

    /// The keys that have changed, with what holds each now.
    pub fn changes(&self) -> impl Iterator<Item = (&HoldKey, Option<Hold>)> {
        self.changed.iter().map(|key| (key, self.holds.get(key)))
    }

    fn take(&mut self, key: &HoldKey, hold: Hold) {
        self.holds.take(key, hold);
        self.changed.insert(key.clone());
    }

    fn release(&mut self, key: &HoldKey, lead: Id<kinds::Lead>) {
        if self.holds.release(key, lead) {
            self.changed.insert(key.clone());
        }
    }
}

/// What begins the reason of a walk that was none, since the lead had come before.
const DUPLICATE: &str = "duplicate of ";

/// Why the walk of a duplicate ended.
pub fn duplicate_reason(first: Id<kinds::Lead>) -> String {
    format!("{DUPLICATE}{first}")
}

/// The lead that a decision found to have come before, by the reason of its end.
pub fn duplicate_of(end_reason: Option<&str>) -> Option<Id<kinds::Lead>> {
    end_reason?.strip_prefix(DUPLICATE)?.parse().ok()
}
