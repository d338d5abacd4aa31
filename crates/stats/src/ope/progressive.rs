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

use crate::weighted::{self, Estimate, Step, Weighted};

/// Cells that are told apart; what comes later is known by its group alone.
const CELLS_MAX: usize = 65_536;

/// What a place in a walk has in common with others, so that one teaches of the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    /// The number of the decision in its walk and who gets the lead, as one number: what all kinds of leads share.
    pub group: u64,
    /// The kind of lead, such as a hash of its segment.
    pub kind: u64,
}

/// One logged decision as the policy follows it, with what it would have chosen from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Followed<'a> {
    /// As [`Step::weight`].
    pub weight: f64,
    /// As [`Step::reward`].
    pub reward: f64,
    /// The part of the weight that is of walks which made this decision, in `[0, 1]`; the rest is of walks that the policy had
    /// ended before, to which no reward counts. The reward is that of the decision and not yet of this part.
    pub reached: f64,
    /// What was done; none for what brings nothing, such as the end of the walk.
    pub cell: Option<Cell>,
    /// What the policy would have done here, with its probabilities. What is left to 1 brings nothing. Decisions of a batch that
    /// share one slice are expected once.
    pub options: &'a [(Cell, f64)],
}

/// A lead: its decisions in order, and its cluster as for [`Weighted::add`].
pub type FollowedWalk<'a> = (&'a [Followed<'a>], Option<u64>);

/// Doubly robust sums, and the table that leads are expected by.
///
/// # Example
///
/// ```
/// use pointsman_stats::ope::progressive::{Cell, Followed, Progressive};
///
/// let cell = |group| Cell { group, kind: 0 };
/// let options = [(cell(0), 1.0)];
/// let mut sums = Progressive::new(20.0);
/// for lead in 0..2_000 {
///     let is_taken = lead % 2 == 0;
///     let choice = Followed {
///         weight: if is_taken { 2.0 } else { 0.0 },
///         reward: if is_taken { 5.0 } else { 1.0 },
///         reached: 1.0,
///         cell: Some(cell(if is_taken { 0 } else { 1 })),
///         options: &options,
///     };
///     sums.add(&[(&[choice], None)])?;
/// }
/// // The table soon knows that cell 0 brings 5, and the weights have nothing left to tell.
/// let estimate = sums.estimate()?;
/// assert!((estimate.ips - 5.0).abs() < 0.1 && estimate.ips_se < 0.02);
/// # Ok::<(), pointsman_stats::weighted::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Progressive {
    strength: f64,
    cells: BTreeMap<Cell, Sums>,
    groups: BTreeMap<u64, Sums>,
    all: Sums,
    weighted: Weighted,
}

/// The mean over each slice of options that a batch has: the table is the same for all of a batch, and so is the mean of a slice that
/// many decisions share. Slices are known by where they are, which stays so while the batch is borrowed.
type Means = HashMap<(*const (Cell, f64), usize), f64>;

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
}

impl Progressive {
    /// Sums of no lead yet.
    ///
    /// * `strength`: as how many leads of a cell the mean of its group counts, and of a group that of all; above 0.
    pub fn new(strength: f64) -> Self {
        Self {
            // Not less than, so that what is no number is replaced.
            strength: if strength > 0.0 { strength } else { 1.0 },
            cells: BTreeMap::new(),
            groups: BTreeMap::new(),
            all: Sums::default(),
            weighted: Weighted::default(),
        }
    }

    /// Adds a batch of leads.
    ///
    /// # Errors
    ///
    /// As [`Weighted::add`]. Nothing of the batch is added then.
    pub fn add(&mut self, walks: &[FollowedWalk<'_>]) -> Result<(), weighted::Error> {
        let mut batch = Weighted::default();
        let mut lessons = Vec::new();
        let mut means = Means::new();
        for (choices, cluster) in walks {
            let steps = self.steps(choices, &mut means, &mut lessons);
            batch.add(&steps, *cluster)?;
        }
        self.weighted.merge(&batch);
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
    fn steps(
        &self,
        choices: &[Followed<'_>],
        known: &mut Means,
        lessons: &mut Vec<(Cell, f64)>,
    ) -> Vec<Step> {
        let means: Vec<f64> = choices
            .iter()
            .map(|choice| {
                let slice = (choice.options.as_ptr(), choice.options.len());
                *known.entry(slice).or_insert_with(|| {
                    let options = choice.options.iter();
                    options.map(|(cell, p)| p * self.expected(*cell)).sum()
                })
            })
            .collect();
        let mut steps = Vec::with_capacity(choices.len() + 1);
        if let Some(first) = means.first() {
            steps.push(Step {
                weight: 1.0,
                reward: *first,
            });
        }
        for (k, choice) in choices.iter().enumerate() {
            let outcome = choice.reward + means.get(k + 1).copied().unwrap_or(0.0);
            let expected = choice.cell.map_or(0.0, |cell| self.expected(cell));
            steps.push(Step {
                weight: choice.weight,
                reward: choice.reached * (outcome - expected),
            });
            lessons.extend(choice.cell.map(|cell| (cell, outcome)));
        }
        steps
    }

    /// The mean of a cell, drawn to that of its group, which is drawn to that of all; 0 before anything was learnt.
    fn expected(&self, cell: Cell) -> f64 {
        let shrunk = |sums: Option<&Sums>, mean: f64| {
            let Sums { n, outcomes } = sums.copied().unwrap_or_default();
            (outcomes + self.strength * mean) / (n + self.strength)
        };
        let mean = if self.all.n > 0.0 {
            self.all.outcomes / self.all.n
        } else {
            0.0
        };
        let of_group = shrunk(self.groups.get(&cell.group), mean);
        shrunk(self.cells.get(&cell), of_group)
    }

    fn learn(&mut self, cell: Cell, outcome: f64) {
        self.all.add(outcome);
        self.groups.entry(cell.group).or_default().add(outcome);
        if self.cells.len() < CELLS_MAX || self.cells.contains_key(&cell) {
            self.cells.entry(cell).or_default().add(outcome);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Cell = Cell { group: 0, kind: 1 };
    const B: Cell = Cell { group: 1, kind: 1 };

    fn choice(
        weight: f64,
        reward: f64,
        cell: Option<Cell>,
        options: &[(Cell, f64)],
    ) -> Followed<'_> {
        Followed {
            weight,
            reward,
            reached: 1.0,
            cell,
            options,
        }
    }

    #[test]
    fn a_batch_is_expected_by_the_ones_before_it() {
        let options = [(A, 1.0)];
        let mut sums = Progressive::new(1.0);
        let lead = [choice(1.0, 8.0, Some(A), &options)];
        sums.add(&[(&lead, None), (&lead, None)]).unwrap();
        // Nothing was known: both count as they are.
        assert!((sums.estimate().unwrap().ips - 8.0).abs() < 1e-12);
        assert!((sums.expected(A) - 8.0).abs() < 1e-12);
        let other = [choice(0.0, 2.0, Some(B), &options)];
        sums.add(&[(&other, None)]).unwrap();
        // The policy would have chosen A, which brings 8.
        assert!((sums.estimate().unwrap().ips - 8.0).abs() < 1e-12);
    }

    #[test]
    fn a_refusal_is_worth_what_it_leads_to() {
        let (first, second) = ([(A, 1.0)], [(B, 1.0)]);
        let walk = [
            choice(1.0, 0.0, Some(A), &first),
            choice(1.0, 6.0, Some(B), &second),
        ];
        let mut sums = Progressive::new(1e-9);
        for _ in 0..4 {
            sums.add(&[(&walk, None)]).unwrap();
        }
        assert!((sums.expected(B) - 6.0).abs() < 1e-6);
        // The first lead taught that nothing comes of A, the three after it that 6 does.
        assert!((sums.expected(A) - 4.5).abs() < 1e-6);
        let found = sums.estimate().unwrap();
        assert!((found.ips - 6.0).abs() < 1e-6 && (found.snips - 6.0).abs() < 1e-6);
    }

    #[test]
    fn walks_that_the_policy_had_ended_have_no_reward() {
        let mut sums = Progressive::new(20.0);
        let half = Followed {
            reached: 0.5,
            ..choice(1.0, 10.0, None, &[])
        };
        sums.add(&[(&[half], None), (&[half], None)]).unwrap();
        assert!((sums.estimate().unwrap().ips - 5.0).abs() < 1e-12);
    }

    #[test]
    fn decisions_that_share_their_options_are_expected_as_if_each_had_its_own() {
        let shared = [(A, 0.25), (B, 0.5)];
        let [mut together, mut apart] = [Progressive::new(20.0), Progressive::new(20.0)];
        for batch in 0..3_u8 {
            let own: Vec<[(Cell, f64); 2]> = vec![shared; 100];
            let lead = |i: usize, options| {
                let reward = if i.is_multiple_of(3) {
                    5.0
                } else {
                    f64::from(batch)
                };
                [choice(
                    1.5,
                    reward,
                    Some(if i.is_multiple_of(2) { A } else { B }),
                    options,
                )]
            };
            let leads: Vec<_> = (0..100)
                .map(|i| (lead(i, &shared[..]), lead(i, &own[i][..])))
                .collect();
            let walks: Vec<FollowedWalk<'_>> =
                leads.iter().map(|(lead, _)| (&lead[..], None)).collect();
            together.add(&walks).unwrap();
            let walks: Vec<FollowedWalk<'_>> =
                leads.iter().map(|(_, lead)| (&lead[..], None)).collect();
            apart.add(&walks).unwrap();
        }
        assert_eq!(together, apart);
        // Half of a slice is another slice.
        let parts = [
            choice(1.0, 0.0, None, &shared),
            choice(1.0, 0.0, None, &shared[..1]),
        ];
        let steps = together.steps(&parts, &mut Means::new(), &mut Vec::new());
        assert!(steps[0].reward > steps[1].reward && steps[1].reward > 0.0);
    }

    #[test]
    fn a_bad_lead_adds_nothing_of_its_batch() {
        let mut sums = Progressive::new(f64::NAN);
        let good = [choice(1.0, 1.0, Some(A), &[])];
        let bad = [choice(-1.0, 1.0, Some(A), &[])];
        let before = sums.clone();
        let refused = sums.add(&[(&good, None), (&bad, None)]);
        assert!(matches!(refused, Err(weighted::Error::Weight { .. })));
        assert_eq!(sums, before);
    }
}
