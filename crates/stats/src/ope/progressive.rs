//! Doubly robust values in one pass: each lead is expected by what the leads before it taught.
//!
//! Cross-fitting needs a log twice, or in memory. Progressive validation needs neither: a batch of leads gets its expectations from
//! the batches before, is added up, and only then learnt from. The draws of a lead do not depend on earlier leads given its fields,
//! so the value stays unbiased, clusters or not; the first batch has no expectations and is weighed as by importance sampling. Equal
//! leads in equal batches give equal digits. Memory grows with the cells and the clusters, not with the leads.
//!
//! # Source
//!
//! Blum, Kalai, Langford, *Beating the hold-out: bounds for k-fold and progressive cross-validation*, COLT 1999, for expectations from
//! the past; the residuals are those of [`Estimator::Dr`](super::Estimator::Dr).

use std::collections::{BTreeMap, HashMap};

use crate::weighted::{self, Estimate, Step, Weighted, check};

/// Cells that are told apart; what comes later is known by its group alone.
const CELLS_MAX: usize = 65_536;

/// What a place in a walk has in common with others, so that one teaches of the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell {
    /// The number of the decision in its walk and who gets the lead, as one number: what all kinds of leads share.
    pub group: u64,
    /// The kind of lead, such as a hash of its segment.
    pub kind: u64,
}

/// The number of a cell, as the sums gave it out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CellId(usize);

/// One logged decision as the policy follows it, with what was expected of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Followed {
    /// As [`Step::weight`].
    pub weight: f64,
    /// As [`Step::reward`].
    pub reward: f64,
    /// The part of the weight that is of walks which made this decision, in `[0, 1]`; the rest is of walks that the policy had
    /// ended before, to which no reward counts. The reward is that of the decision and not yet of this part.
    pub reached: f64,
    /// What was done; none for what brings nothing, such as the end of the walk.
    pub cell: Option<CellId>,
    /// What the policy is expected to bring from here on, by the batches before: [`Progressive::expected`] of its options.
    pub expected: f64,
}

/// A lead: its decisions in order, and its cluster as for [`Weighted::add`].
pub type FollowedWalk<'a> = (&'a [Followed], Option<u64>);

/// Doubly robust sums, and the table that leads are expected by.
///
/// # Example
///
/// ```
/// use pointsman_stats::ope::progressive::{Cell, Followed, Progressive};
///
/// let mut sums = Progressive::new(20.0);
/// let cells = [0, 1].map(|group| sums.cell(Cell { group, kind: 0 }));
/// for lead in 0..2_000 {
///     let is_taken = lead % 2 == 0;
///     let choice = Followed {
///         weight: if is_taken { 2.0 } else { 0.0 },
///         reward: if is_taken { 5.0 } else { 1.0 },
///         reached: 1.0,
///         cell: Some(cells[if is_taken { 0 } else { 1 }]),
///         expected: sums.expected(&[(cells[0], 1.0)]),
///     };
///     sums.add([(&[choice][..], None)])?;
/// }
/// // The table soon knows that cell 0 brings 5, and the weights have nothing left to tell.
/// let estimate = sums.estimate()?;
/// assert!((estimate.ips - 5.0).abs() < 0.1 && estimate.ips_se < 0.02);
/// # Ok::<(), pointsman_stats::weighted::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Progressive {
    strength: f64,
    numbers: HashMap<Cell, CellId>,
    cells: Vec<Known>,
    /// Cells that are told apart.
    n_told: usize,
    groups: BTreeMap<u64, usize>,
    of_groups: Vec<Sums>,
    all: Sums,
    weighted: Weighted,
}

/// What is known of a cell.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Known {
    /// Position of its group.
    group: usize,
    /// What it taught by itself; none if it is not told apart from its group.
    own: Option<Sums>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Sums {
    n: f64,
    outcomes: f64,
}

impl Sums {
    fn add(&mut self, outcome: f64) {
        self.n += 1.0;
        self.outcomes += outcome;
    }

    /// The mean, drawn to another one that counts as so many leads.
    fn mean(self, strength: f64, to: f64) -> f64 {
        (self.outcomes + strength * to) / (self.n + strength)
    }
}

impl Progressive {
    /// Sums of no lead yet.
    ///
    /// * `strength`: as how many leads of a cell the mean of its group counts, and of a group that of all; above 0.
    pub fn new(strength: f64) -> Self {
        Self {
            // Not less than, so that what is no number is replaced.
            strength: if strength > 0.0 { strength } else { 1.0 },
            numbers: HashMap::new(),
            cells: Vec::new(),
            n_told: 0,
            groups: BTreeMap::new(),
            of_groups: Vec::new(),
            all: Sums::default(),
            weighted: Weighted::default(),
        }
    }

    /// The number of a cell, which is a new one where the cell is new.
    pub fn cell(&mut self, cell: Cell) -> CellId {
        if let Some(number) = self.numbers.get(&cell) {
            return *number;
        }
        let n_groups = self.of_groups.len();
        let group = *self.groups.entry(cell.group).or_insert(n_groups);
        if group == n_groups {
            self.of_groups.push(Sums::default());
        }
        let number = CellId(self.cells.len());
        self.cells.push(Known { group, own: None });
        self.numbers.insert(cell, number);
        number
    }

    /// What a choice among cells brings on the average, by the batches added so far; 0 before anything was learnt.
    ///
    /// * `options`: cells of these sums with their probabilities. What is left to 1 brings nothing.
    pub fn expected(&self, options: &[(CellId, f64)]) -> f64 {
        let options = options.iter();
        options.map(|(cell, p)| p * self.mean(*cell)).sum()
    }

    /// Adds a batch of leads, each with what was expected of it when the batch began.
    ///
    /// # Errors
    ///
    /// As [`Weighted::add`]. Nothing of the batch is added then.
    pub fn add<'a>(
        &mut self,
        walks: impl IntoIterator<Item = FollowedWalk<'a>>,
    ) -> Result<(), weighted::Error> {
        let (mut steps, mut ends, mut lessons) = (Vec::new(), Vec::new(), Vec::new());
        for (choices, cluster) in walks {
            let begin = steps.len();
            self.follow(choices, &mut steps, &mut lessons);
            check(&steps[begin..])?;
            ends.push((begin..steps.len(), cluster));
        }
        for (range, cluster) in ends {
            self.weighted.add(&steps[range], cluster)?;
        }
        for (cell, outcome) in lessons {
            self.learn(cell, outcome);
        }
        Ok(())
    }

    /// What the leads added so far say: `ips` is the doubly robust value, `snips` the one with weights over their mean; weights and
    /// clusters are as without a model.
    ///
    /// # Errors
    ///
    /// As [`Weighted::estimate`].
    pub fn estimate(&self) -> Result<Estimate, weighted::Error> {
        self.weighted.estimate()
    }

    /// `v₀` with weight 1, and the residual of each decision; what they teach goes to `lessons`.
    fn follow(
        &self,
        choices: &[Followed],
        steps: &mut Vec<Step>,
        lessons: &mut Vec<(CellId, f64)>,
    ) {
        steps.extend(choices.first().map(|first| Step {
            weight: 1.0,
            reward: first.expected,
        }));
        for (k, choice) in choices.iter().enumerate() {
            let next = choices.get(k + 1).map_or(0.0, |next| next.expected);
            let outcome = choice.reward + next;
            let expected = choice.cell.map_or(0.0, |cell| self.mean(cell));
            steps.push(Step {
                weight: choice.weight,
                reward: choice.reached * (outcome - expected),
            });
            lessons.extend(choice.cell.map(|cell| (cell, outcome)));
        }
    }

    /// The mean of a cell, drawn to that of its group, which is drawn to that of all; 0 before anything was learnt.
    fn mean(&self, cell: CellId) -> f64 {
        let of_all = if self.all.n > 0.0 {
            self.all.outcomes / self.all.n
        } else {
            0.0
        };
        // Only these sums give out numbers; one of others is known by the mean of all.
        let Some(known) = self.cells.get(cell.0) else {
            return of_all;
        };
        let of_group = self.of_groups[known.group].mean(self.strength, of_all);
        known.own.unwrap_or_default().mean(self.strength, of_group)
    }

    fn learn(&mut self, cell: CellId, outcome: f64) {
        self.all.add(outcome);
        let Some(known) = self.cells.get_mut(cell.0) else {
            return;
        };
        self.of_groups[known.group].add(outcome);
        if known.own.is_none() && self.n_told < CELLS_MAX {
            self.n_told += 1;
            known.own = Some(Sums::default());
        }
        if let Some(own) = &mut known.own {
            own.add(outcome);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Cell = Cell { group: 0, kind: 1 };
    const B: Cell = Cell { group: 1, kind: 1 };

    fn choice(weight: f64, reward: f64, cell: Option<CellId>, expected: f64) -> Followed {
        Followed {
            weight,
            reward,
            reached: 1.0,
            cell,
            expected,
        }
    }

    fn sums(strength: f64) -> (Progressive, CellId, CellId) {
        let mut sums = Progressive::new(strength);
        let [a, b] = [A, B].map(|cell| sums.cell(cell));
        (sums, a, b)
    }

    #[test]
    fn a_batch_is_expected_by_the_ones_before_it() {
        let (mut sums, a, b) = sums(1.0);
        let lead = [choice(1.0, 8.0, Some(a), sums.expected(&[(a, 1.0)]))];
        sums.add([(&lead[..], None), (&lead[..], None)]).unwrap();
        // Nothing was known: both count as they are.
        assert!((sums.estimate().unwrap().ips - 8.0).abs() < 1e-12);
        assert!((sums.expected(&[(a, 1.0)]) - 8.0).abs() < 1e-12);
        assert!((sums.expected(&[(a, 0.25)]) - 2.0).abs() < 1e-12);
        let other = [choice(0.0, 2.0, Some(b), sums.expected(&[(a, 1.0)]))];
        sums.add([(&other[..], None)]).unwrap();
        // The policy would have chosen A, which brings 8.
        assert!((sums.estimate().unwrap().ips - 8.0).abs() < 1e-12);
    }

    #[test]
    fn a_refusal_is_worth_what_it_leads_to() {
        let (mut sums, a, b) = sums(1e-9);
        for _ in 0..4 {
            let walk = [
                choice(1.0, 0.0, Some(a), sums.expected(&[(a, 1.0)])),
                choice(1.0, 6.0, Some(b), sums.expected(&[(b, 1.0)])),
            ];
            sums.add([(&walk[..], None)]).unwrap();
        }
        assert!((sums.mean(b) - 6.0).abs() < 1e-6);
        // The first lead taught that nothing comes of A, the three after it that 6 does.
        assert!((sums.mean(a) - 4.5).abs() < 1e-6);
        let found = sums.estimate().unwrap();
        assert!((found.ips - 6.0).abs() < 1e-6 && (found.snips - 6.0).abs() < 1e-6);
    }

    #[test]
    fn walks_that_the_policy_had_ended_have_no_reward() {
        let mut sums = Progressive::new(20.0);
        let half = [Followed {
            reached: 0.5,
            ..choice(1.0, 10.0, None, 0.0)
        }];
        sums.add([(&half[..], None), (&half[..], None)]).unwrap();
        assert!((sums.estimate().unwrap().ips - 5.0).abs() < 1e-12);
    }

    #[test]
    fn a_cell_has_one_number_and_cells_of_a_group_share_what_it_taught() {
        let (mut sums, a, b) = sums(20.0);
        assert_eq!(sums.cell(A), a);
        assert_ne!(a, b);
        let sibling = sums.cell(Cell { kind: 2, ..A });
        for _ in 0..100 {
            sums.add([(&[choice(1.0, 5.0, Some(a), 0.0)][..], None)])
                .unwrap();
            sums.add([(&[choice(1.0, 1.0, Some(b), 0.0)][..], None)])
                .unwrap();
        }
        assert!(sums.mean(a) > sums.mean(sibling) && sums.mean(sibling) > 4.5);
        assert!(sums.mean(b) < 1.5);
    }

    #[test]
    fn a_bad_lead_adds_nothing_of_its_batch() {
        let (mut sums, a, _) = sums(f64::NAN);
        let good = [choice(1.0, 1.0, Some(a), 0.0)];
        let bad = [choice(-1.0, 1.0, Some(a), 0.0)];
        let before = sums.clone();
        let refused = sums.add([(&good[..], None), (&bad[..], None)]);
        assert!(matches!(refused, Err(weighted::Error::Weight { .. })));
        assert_eq!(sums, before);
    }
}
