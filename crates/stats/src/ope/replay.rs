//! The mean of the leads with which the policy would have done what was logged: only for a log that drew evenly.
//!
//! Where the logged probabilities differ, likelier decisions match more often, and the mean is that of other leads. Such a log has
//! no value by this estimator; [`Estimator::Ips`](super::Estimator::Ips) on the same leads has one.
//!
//! # Source
//!
//! Li, Chu, Langford, Wang, WSDM 2011 (arXiv:1003.5956).

use super::Error;
use crate::weighted::count;

/// Probabilities that differ by less than this, relatively, are equal but for rounding.
const ROUNDING: f64 = 1e-9;

/// A lead, and whether a policy that does not draw agrees with its log.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Match {
    /// Whether the policy would have made every decision of the lead's walk.
    pub matches: bool,
    /// What the lead brought.
    pub reward: f64,
    /// Product of the logged probabilities of its decisions, in `(0, 1]`.
    pub propensity: f64,
}

/// The mean over the matches.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Matched {
    /// Mean reward, in the unit of the rewards.
    pub value: f64,
    /// Its standard error, if leads are independent.
    pub se: f64,
    /// Leads that match.
    pub n_matches: u64,
}

/// The value of a policy by matches.
///
/// # Errors
///
/// [`Error::NotUniform`] when the logged probabilities are not all equal, and [`Error::TooFewMatches`] for fewer than two matches.
pub fn value(leads: &[Match]) -> Result<Matched, Error> {
    let (least, most) = leads
        .iter()
        .fold((f64::INFINITY, 0.0_f64), |(least, most), lead| {
            (least.min(lead.propensity), most.max(lead.propensity))
        });
    // Not less than, so that what is no number is refused.
    let is_even = least > 0.0 && most - least <= ROUNDING * most;
    if !(is_even || leads.is_empty()) {
        return Err(Error::NotUniform { least, most });
    }
    mean_of_matches(leads)
}

/// The mean over the matches, however the log drew: a number to compare with others' and no value.
///
/// # Errors
///
/// [`Error::TooFewMatches`] for fewer than two matches.
pub fn mean_of_matches(leads: &[Match]) -> Result<Matched, Error> {
    let rewards = leads.iter().filter(|lead| lead.matches);
    let rewards = rewards.map(|lead| lead.reward);
    let n_matches = rewards.clone().count() as u64;
    if n_matches < 2 {
        return Err(Error::TooFewMatches { n: n_matches });
    }
    let n = count(n_matches);
    let value = rewards.clone().sum::<f64>() / n;
    let squares: f64 = rewards.map(|reward| (reward - value).powi(2)).sum();
    Ok(Matched {
        value,
        se: (squares / (n - 1.0) / n).sqrt(),
        n_matches,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lead(matches: bool, reward: f64, propensity: f64) -> Match {
        Match {
            matches,
            reward,
            propensity,
        }
    }

    #[test]
    fn an_even_log_has_the_mean_of_its_matches() {
        let leads = [
            lead(true, 1.0, 0.25),
            lead(false, 100.0, 0.25),
            lead(true, 4.0, 0.25),
        ];
        let found = value(&leads).unwrap();
        assert_eq!((found.value, found.se, found.n_matches), (2.5, 1.5, 2));
    }

    #[test]
    fn an_uneven_log_has_none() {
        let leads = [lead(true, 1.0, 0.25), lead(true, 4.0, 0.5)];
        let (least, most) = (0.25, 0.5);
        assert_eq!(value(&leads), Err(Error::NotUniform { least, most }));
        assert!(mean_of_matches(&leads).is_ok());
        let unknown = [lead(true, 1.0, f64::NAN), lead(true, 4.0, 0.0)];
        assert!(matches!(value(&unknown), Err(Error::NotUniform { .. })));
        assert_eq!(value(&[]), Err(Error::TooFewMatches { n: 0 }));
    }
}
