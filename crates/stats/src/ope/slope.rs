//! How hard to treat large weights, chosen by the log: as hard as the milder treatments do not contradict.
//!
//! The candidates in order of falling standard error have, if they are as meant, rising bias. One after the other is taken as long
//! as its interval and those of all before it share a point, each of theirs widened by `√6 − 1`; the last one taken is the choice.
//! Its error is within a constant of that of the best candidate, without that any bias had to be known.
//!
//! What is chosen has no interval: a bias as large as the intervals were is not seen.
//!
//! # Source
//!
//! Su, Srinath, Krishnamurthy, *Adaptive estimator selection for off-policy evaluation*, ICML 2020.

use super::{Error, Estimator, Influence, Log};
use crate::normal::Z_95;

/// A choice with what it says.
#[derive(Debug, Clone, PartialEq)]
pub struct Chosen {
    /// The candidate, as it was given.
    pub lambda: f64,
    /// What the log says by it.
    pub estimate: Influence,
}

/// Chooses among the treatments of `grid`.
///
/// * `grid`: limits or shrinkages, none of them twice; infinity, for no treatment at all, is a good one to have.
/// * `estimator`: what a candidate makes, such as `|limit| Estimator::SwitchDr { limit }`.
///
/// # Errors
///
/// As [`Estimator::estimate`]; [`Error::NoCandidates`] for an empty grid.
pub fn choose(
    log: &Log,
    grid: &[f64],
    estimator: impl Fn(f64) -> Estimator,
) -> Result<Chosen, Error> {
    let mut candidates = Vec::with_capacity(grid.len());
    for &lambda in grid {
        let estimate = estimator(lambda).estimate(log)?;
        candidates.push(Chosen { lambda, estimate });
    }
    candidates.sort_by(|a, b| b.estimate.se().total_cmp(&a.estimate.se()));
    let is_taken = |position: usize| {
        let reach = |chosen: &Chosen| Z_95 * chosen.estimate.se();
        let own = &candidates[position];
        candidates[..position].iter().all(|before| {
            let apart = (own.estimate.value() - before.estimate.value()).abs();
            apart <= reach(own) + (6.0_f64.sqrt() - 1.0) * reach(before)
        })
    };
    let n_taken = (0..candidates.len())
        .take_while(|position| is_taken(*position))
        .count();
    candidates.truncate(n_taken);
    candidates.pop().ok_or(Error::NoCandidates)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ope::Decision;

    /// Half of the leads weigh 20 and half nothing; those with weight bring `reward` beside what varies.
    fn log(n: u32, reward: f64) -> Log {
        let mut log = Log::default();
        for lead in 0..n {
            let weight = if lead % 20 == 0 { 20.0 } else { 0.0 };
            let decision = Decision {
                weight,
                reward: reward + f64::from(lead / 20 % 5) - 2.0,
                ..Decision::default()
            };
            log.add(&[decision], None).unwrap();
        }
        log
    }

    #[test]
    fn a_bias_that_the_log_shows_is_not_taken() {
        let grid = [1.0, 5.0, f64::INFINITY];
        let choose = |log: &Log| choose(log, &grid, |limit| Estimator::ClippedIps { limit });
        // A limit of 1 makes the value a twentieth of itself: 1,000 leads with weight show that, 2 do not.
        let chosen = choose(&log(20_000, 4.0)).unwrap();
        assert!(chosen.lambda.is_infinite());
        assert!((chosen.estimate.value() - 4.0).abs() < 1e-9);
        assert!((choose(&log(40, 4.0)).unwrap().lambda - 1.0).abs() < 1e-12);
    }

    #[test]
    fn an_empty_grid_has_no_choice() {
        let found = choose(&log(40, 1.0), &[], |limit| Estimator::ClippedIps { limit });
        assert_eq!(found, Err(Error::NoCandidates));
    }
}
