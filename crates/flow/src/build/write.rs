//! From the steps of a flow to its document: every step gets a name.

use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

use super::steps::{Made, Settings, StepIdx, Steps};
use crate::{DestinationNode, Document, Node, OfKind as _};

/// The document of a flow.
///
/// # Panics
///
/// If two steps have the same name.
pub(super) fn document(flow: &str, vertical: &str, root: StepIdx, steps: Steps) -> Document {
    let (all, settings) = steps.into_parts();
    let names = Names::of(&all);
    let root = names.port(root);
    let nodes = all
        .into_iter()
        .enumerate()
        .map(|(idx, made)| (names.port(idx), names.node(idx, made.node)))
        .collect();
    let Settings {
        currency,
        max_sold,
        dedupe,
        title,
        notes,
    } = settings;
    Document {
        flow: flow.to_owned(),
        vertical: vertical.to_owned(),
        currency,
        root,
        max_sold,
        dedupe,
        nodes,
        title,
        notes,
    }
}

/// The name of each step.
struct Names(Vec<String>);

impl Names {
    /// A step's own name, or one after its kind that nobody took.
    fn of(all: &[Made]) -> Self {
        let taken = taken(all);
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let name = |made: &Made| {
            if let Some(name) = made.own_name() {
                return name.to_owned();
            }
            let kind = made.node.kind();
            let count = counts.entry(kind).or_default();
            loop {
                *count += 1;
                let name = format!("{kind}-{count}");
                if !taken.contains(name.as_str()) {
                    return name;
                }
            }
        };
        Self(all.iter().map(name).collect())
    }

    fn port(&self, step: StepIdx) -> String {
        self.0[step].clone()
    }

    /// A node with names in the place of positions.
    fn node(&self, idx: StepIdx, mut node: Node) -> Node {
        for port in node.ports_mut() {
            let step = port.parse::<StepIdx>().ok();
            if let Some(name) = step.and_then(|step| self.0.get(step)) {
                name.clone_into(port);
            }
        }
        if let Some(offer) = DestinationNode::of_mut(&mut node) {
            let own = &mut offer.destination;
            own.take_if(|destination| *destination == self.0[idx]);
        }
        node
    }
}

/// The names that steps have of their own.
fn taken(all: &[Made]) -> BTreeSet<&str> {
    let mut owners: BTreeMap<&str, &Made> = BTreeMap::new();
    for made in all {
        let Some(name) = made.own_name() else {
            continue;
        };
        match owners.entry(name) {
            Entry::Vacant(vacant) => {
                vacant.insert(made);
            }
            Entry::Occupied(owner) => panic!(
                "two steps are called `{name}`: one of {}, one of {}; give each its own name",
                owner.get().at,
                made.at
            ),
        }
    }
    owners.into_keys().collect()
}
