//! How much a candidate would ask of capped destinations.

use std::collections::BTreeMap;

use pointsman_flow::{Cap, CapKind, DestinationIdx, Program};
use pointsman_lead::{Timestamp, Zone};
use pointsman_ledger::window_start;

use crate::policy::{FlowPolicy, Policy};

/// Expected units of one lead, by destination and what is counted.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Load(Vec<(DestinationIdx, CapKind, f64)>);

impl Load {
    pub(crate) fn add(&mut self, destination: DestinationIdx, kind: CapKind, units: f64) {
        self.0.push((destination, kind, units));
    }
}

/// Expected units of all leads, by cap and calendar window.
#[derive(Debug, Default)]
pub(crate) struct Loads {
    capped: BTreeMap<DestinationIdx, (String, Vec<(Cap, Zone)>)>,
    units: BTreeMap<(DestinationIdx, usize, Timestamp), f64>,
}

impl Loads {
    pub(crate) fn new(policy: &Policy) -> Self {
        let Policy::Flow(flow) = policy else {
            return Self::default();
        };
        let FlowPolicy { program, .. } = &**flow;
        Self {
            capped: capped(program),
            units: BTreeMap::new(),
        }
    }

    pub(crate) fn add(&mut self, load: &Load, at: Timestamp) {
        for (destination, kind, units) in &load.0 {
            let Some((_, caps)) = self.capped.get(destination) else {
                continue;
            };
            for (position, (cap, zone)) in caps
                .iter()
                .enumerate()
                .filter(|(_, (cap, _))| cap.kind == *kind)
            {
                let start = window_start(cap.window, zone, at);
                *self
                    .units
                    .entry((*destination, position, start))
                    .or_default() += units;
            }
        }
    }

    /// A sentence for each cap that the candidate is expected to ask more of than it has.
    pub(crate) fn overloads(&self) -> Vec<String> {
        let mut worst: BTreeMap<(DestinationIdx, usize), (f64, Timestamp, usize)> = BTreeMap::new();
        for (&(destination, position, start), &units) in &self.units {
            let Some((_, caps)) = self.capped.get(&destination) else {
                continue;
            };
            let max = caps[position].0.max;
            #[expect(clippy::cast_precision_loss, reason = "caps are far below 2^53")]
            if units <= max as f64 {
                continue;
            }
            let entry = worst
                .entry((destination, position))
                .or_insert((units, start, 0));
            entry.2 += 1;
            if units > entry.0 {
                (entry.0, entry.1) = (units, start);
            }
        }
        let sentence = |((destination, position), (units, start, n_windows)): (
            &(DestinationIdx, usize),
            &(f64, Timestamp, usize),
        )| {
            let (name, caps) = self.capped.get(destination)?;
            let Cap { max, kind, .. } = &caps[*position].0;
            let what = kind.units();
            Some(format!(
                "`{name}` would get {units:.0} {what} in the window from {start}, but its cap is {max} (over it in {n_windows} windows): only a stateful replay can tell where the rest would go"
            ))
        };
        worst.iter().filter_map(sentence).collect()
    }
}

fn capped(program: &Program) -> BTreeMap<DestinationIdx, (String, Vec<(Cap, Zone)>)> {
    let mut capped = BTreeMap::new();
    for destination in program.destinations() {
        let caps: Vec<(Cap, Zone)> = destination
            .settings
            .caps
            .iter()
            // A checked catalog has no unknown zone; UTC would still be nearest to the truth.
            .map(|cap| {
                (
                    cap.clone(),
                    Zone::parse(&cap.zone).unwrap_or_else(|_| Zone::utc()),
                )
            })
            .collect();
        if let Some(idx) = program
            .destination_idx(&destination.name)
            .filter(|_| !caps.is_empty())
        {
            capped.insert(idx, (destination.name.clone(), caps));
        }
    }
    capped
}
