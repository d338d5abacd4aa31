//! Means of leads alike: what a choice of a policy would have brought, by those for whom it was made.

use std::collections::{BTreeMap, HashMap};

use super::{Gathered, Seen, count, measured::Codes};

/// A kind of leads is large enough, if there are so many of them for each destination in use.
const LEADS_PER_DESTINATION: usize = 10;
/// Leads that may be in kinds that are too small.
const SMALL_MAX: f64 = 0.1;
/// Leads of a kind at a destination from which its mean counts as known.
const MATCHES_MIN: f64 = 2.0;

/// What matching says of candidate and baseline.
#[derive(Debug)]
pub(super) struct Matched {
    pub(super) values: [MatchedValue; 2],
    /// How many of the fields, from the first on, leads are alike by.
    pub(super) n_fields: usize,
}

#[derive(Debug)]
pub(super) struct MatchedValue {
    /// Mean over all leads, in the unit of the rewards.
    pub(super) value: f64,
    /// What each lead adds to `value`, times their number, less `value`.
    pub(super) influences: Vec<f64>,
    /// Share of choices without a match; they count as the destination brings on average.
    pub(super) unmatched: f64,
}

/// What leads of one kind brought at one destination.
#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    n: f64,
    sum: f64,
}

pub(super) fn value(gathered: Gathered<'_>, codes: &Codes) -> Matched {
    let (kinds, n_fields) = kinds(gathered, codes);
    let table = Table::new(gathered, &kinds);
    Matched {
        values: [0, 1].map(|policy| table.value(gathered, &kinds, policy)),
        n_fields,
    }
}

/// The kind of each lead: by as many fields as leave most kinds large enough.
///
/// A kind that is large and was never given to somebody is no reason to leave a field out: that is what the log does not know.
fn kinds(gathered: Gathered<'_>, codes: &Codes) -> (Vec<u32>, usize) {
    let leads = gathered.leads;
    let mut in_use = vec![false; gathered.n_destinations];
    for to in leads.iter().filter_map(|lead| lead.destination) {
        in_use[to as usize] = true;
    }
    let n_used = in_use.iter().filter(|used| **used).count();
    let large = LEADS_PER_DESTINATION * n_used.max(1);
    let mut kinds = vec![0_u32; leads.len()];
    let mut n_fields = 0;
    for field in &codes.fields {
        let mut numbers: HashMap<(u32, u16), u32> = HashMap::new();
        let mut sizes: Vec<usize> = Vec::new();
        let finer: Vec<u32> = kinds
            .iter()
            .zip(&field.levels)
            .map(|(kind, level)| {
                let next = u32::try_from(sizes.len()).unwrap_or(u32::MAX);
                let number = *numbers.entry((*kind, *level)).or_insert_with(|| {
                    sizes.push(0);
                    next
                });
                sizes[number as usize] += 1;
                number
            })
            .collect();
        let n_small: usize = sizes.iter().filter(|size| **size < large).sum();
        if count(n_small) > SMALL_MAX * count(leads.len()) {
            break;
        }
        kinds = finer;
        n_fields += 1;
    }
    (kinds, n_fields)
}

/// What leads brought, by kind and destination.
struct Table {
    cells: HashMap<(u32, u32), Cell>,
    destinations: Vec<Cell>,
    all: Cell,
}

impl Cell {
    fn add(&mut self, reward: f64) {
        self.n += 1.0;
        self.sum += reward;
    }

    fn mean(self) -> Option<f64> {
        (self.n > 0.0).then(|| self.sum / self.n)
    }
}

impl Table {
    fn new(gathered: Gathered<'_>, kinds: &[u32]) -> Self {
        let mut table = Self {
            cells: HashMap::new(),
            destinations: vec![Cell::default(); gathered.n_destinations],
            all: Cell::default(),
        };
        for (lead, kind) in gathered.leads.iter().zip(kinds) {
            let Some(to) = lead.destination else { continue };
            let cell = table.cells.entry((*kind, to)).or_default();
            cell.add(lead.reward);
            table.destinations[to as usize].add(lead.reward);
            table.all.add(lead.reward);
        }
        table
    }

    /// What a lead of a kind brings at a destination, and whether leads alike say so.
    fn mean(&self, kind: u32, to: u32) -> (f64, bool) {
        let cell = self.cells.get(&(kind, to)).copied().unwrap_or_default();
        if cell.n >= MATCHES_MIN {
            return (cell.sum / cell.n, true);
        }
        let of_destination = self.destinations.get(to as usize).copied();
        let mean = of_destination.and_then(Cell::mean).or(self.all.mean());
        (mean.unwrap_or(0.0), false)
    }

    fn value(&self, gathered: Gathered<'_>, kinds: &[u32], policy: usize) -> MatchedValue {
        let n = count(gathered.leads.len()).max(1.0);
        let number = |lead: &Seen| lead.plans[policy];
        // Leads by kind and plan, in a fixed order.
        let mut groups: BTreeMap<(u32, u32), f64> = BTreeMap::new();
        for (lead, kind) in gathered.leads.iter().zip(kinds) {
            *groups.entry((*kind, number(lead))).or_default() += 1.0;
        }
        let mut expected: HashMap<(u32, u32), f64> = HashMap::new();
        let mut asked: HashMap<(u32, u32), f64> = HashMap::new();
        let mut unmatched = 0.0;
        for ((kind, number), n_leads) in &groups {
            let Some(plan) = gathered.plan(*number) else {
                continue;
            };
            let mut mean = 0.0;
            for (to, probability) in plan {
                let (reward, is_matched) = self.mean(*kind, *to);
                mean += probability * reward;
                if is_matched {
                    *asked.entry((*kind, *to)).or_default() += n_leads * probability;
                } else {
                    unmatched += n_leads * probability;
                }
            }
            expected.insert((*kind, *number), mean);
        }
        let mut influences: Vec<f64> = gathered
            .leads
            .iter()
            .zip(kinds)
            .map(|(lead, kind)| {
                let Some(mean) = expected.get(&(*kind, number(lead))) else {
                    return lead.reward;
                };
                mean + self.residual(lead, *kind, &asked)
            })
            .collect();
        // Residuals add up to 0 in each cell, so that this is the mean of what is expected.
        let value = influences.iter().sum::<f64>() / n;
        for influence in &mut influences {
            *influence -= value;
        }
        MatchedValue {
            value,
            influences,
            unmatched: unmatched / n,
        }
    }

    /// How far a lead is from what leads alike brought, as often as they stand for others.
    fn residual(&self, lead: &Seen, kind: u32, asked: &HashMap<(u32, u32), f64>) -> f64 {
        let Some(key) = lead.destination.map(|to| (kind, to)) else {
            return 0.0;
        };
        let (Some(cell), Some(asked)) = (self.cells.get(&key), asked.get(&key)) else {
            return 0.0;
        };
        if cell.n < MATCHES_MIN {
            return 0.0;
        }
        // The mean holds the lead itself, which takes a part of its residual away.
        let own = (cell.n / (cell.n - 1.0)).sqrt();
        asked / cell.n * (lead.reward - cell.sum / cell.n) * own
    }
}
