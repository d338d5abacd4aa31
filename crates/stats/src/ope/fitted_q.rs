//! What a decision and all that follow it bring under the policy, learnt from a log of walks, last decision first.
//!
//! A refusal is not the end: a walk goes on to what the policy would do next. So what an offer brings is its own reward and what is
//! expected of the place that it leads to. For the last decisions of the longest walks that is the reward alone; for those before,
//! `rₖ + vₖ₊₁` with what was just learnt. Each step has a table of its own, and each fold one without its own leads.
//!
//! # Source
//!
//! Le, Voloshin, Yue, *Batch policy learning under constraints*, ICML 2019 (fitted Q evaluation); Ernst, Geurts, Wehenkel,
//! *Tree-based batch mode reinforcement learning*, 2005.

use super::{Decision, Error, Log, fold, model::Tabular};

/// One logged decision, with what the policy would have chosen from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Choice<'a> {
    /// As [`Decision::weight`].
    pub weight: f64,
    /// As [`Decision::reward`].
    pub reward: f64,
    /// The cell of what was done, such as a segment and a destination; none for what brings nothing, such as the end of the walk.
    pub cell: Option<usize>,
    /// What the policy would have done here: cells with its probabilities. What is left to 1 brings nothing.
    pub options: &'a [(usize, f64)],
}

/// How a table learns.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings<'a> {
    /// The group of each cell, as for [`Tabular::new`]; cells of choices are positions in it.
    pub groups: &'a [usize],
    /// Parts of the log; at least 2.
    pub n_folds: usize,
    /// As how many leads of a cell the mean of its group counts.
    pub strength: f64,
}

/// A lead to learn from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Walk<'a> {
    /// In order.
    pub choices: &'a [Choice<'a>],
    /// As for [`Log::add`].
    pub cluster: Option<u64>,
}

/// A log with what is expected of each decision.
///
/// # Errors
///
/// As [`Log::add`].
pub fn expect(walks: &[Walk<'_>], settings: Settings<'_>) -> Result<Log, Error> {
    let Settings {
        groups,
        n_folds,
        strength,
    } = settings;
    let n_folds = n_folds.max(2);
    let folds: Vec<usize> = walks
        .iter()
        .enumerate()
        .map(|(lead, walk)| fold(walk.cluster, lead as u64, n_folds))
        .collect();
    let mut decisions: Vec<Vec<Decision>> = walks.iter().map(unexpected).collect();
    let n_steps = decisions.iter().map(Vec::len).max().unwrap_or(0);
    for k in (0..n_steps).rev() {
        let mut table = Tabular::new(n_folds, groups, strength);
        for ((walk, lead), fold) in walks.iter().zip(&decisions).zip(&folds) {
            let cell = walk.choices.get(k).and_then(|choice| choice.cell);
            if let Some(cell) = cell {
                let next = lead.get(k + 1).map_or(0.0, |next| next.mean);
                table.add(*fold, cell, lead[k].reward + next);
            }
        }
        let means: Vec<Vec<f64>> = (0..n_folds).map(|fold| table.means(fold)).collect();
        for ((walk, lead), fold) in walks.iter().zip(&mut decisions).zip(&folds) {
            let Some(choice) = walk.choices.get(k) else {
                continue;
            };
            let mean = |cell: usize| means[*fold].get(cell).copied().unwrap_or(0.0);
            lead[k].expected = choice.cell.map_or(0.0, mean);
            let options = choice.options.iter();
            lead[k].mean = options.map(|(cell, p)| p * mean(*cell)).sum();
        }
    }
    let mut log = Log::default();
    for (walk, lead) in walks.iter().zip(&decisions) {
        log.add(lead, walk.cluster)?;
    }
    Ok(log)
}

fn unexpected(walk: &Walk<'_>) -> Vec<Decision> {
    let decision = |choice: &Choice<'_>| Decision {
        weight: choice.weight,
        reward: choice.reward,
        ..Decision::default()
    };
    walk.choices.iter().map(decision).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Offers to cell 0 are refused by every second lead, and then cell 1 pays 10 for all.
    #[test]
    fn an_offer_is_worth_what_its_refusal_leads_to() {
        let options = [[(0, 1.0)], [(1, 1.0)]];
        let choice = |step: usize, reward: f64| Choice {
            weight: 1.0,
            reward,
            cell: Some(step),
            options: &options[step],
        };
        let sold = [choice(0, 4.0)];
        let refused = [choice(0, 0.0), choice(1, 10.0)];
        let walks: Vec<Walk<'_>> = (0..400)
            .map(|lead| Walk {
                choices: if lead % 2 == 0 {
                    &sold[..]
                } else {
                    &refused[..]
                },
                cluster: None,
            })
            .collect();
        let settings = Settings {
            groups: &[0, 1],
            n_folds: 4,
            strength: 0.0,
        };
        let log = expect(&walks, settings).unwrap();
        for lead in log.leads() {
            // Half of 4 and half of 10, up to how the folds fell.
            assert!((lead[0].expected - 7.0).abs() < 0.5, "{lead:?}");
            assert!((lead[0].mean - lead[0].expected).abs() < 1e-12);
            if let Some(second) = lead.get(1) {
                assert!((second.expected - 10.0).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn a_lead_is_not_expected_by_itself() {
        let options = [(0, 0.5)];
        let choices = |reward| {
            [Choice {
                weight: 1.0,
                reward,
                cell: Some(0),
                options: &options,
            }]
        };
        let (large, small) = (choices(1_000.0), choices(1.0));
        let walks: Vec<Walk<'_>> = (0..50)
            .map(|lead| Walk {
                choices: if lead < 10 { &large } else { &small },
                // The large ones are one cluster, and so in one fold.
                cluster: Some(if lead < 10 { 0 } else { lead }),
            })
            .collect();
        let settings = Settings {
            groups: &[0],
            n_folds: 5,
            strength: 1.0,
        };
        let log = expect(&walks, settings).unwrap();
        let first = log.leads().next().unwrap()[0];
        assert!((first.expected - 1.0).abs() < 1e-12);
        assert!((first.mean - 0.5).abs() < 1e-12);
    }
}
