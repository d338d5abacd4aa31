//! The estimators, each in a file of its own, and what they have in common.

use super::{Error, log::Decision};

mod clipped_ips;
mod dm;
mod dr;
mod dr_os;
mod ips;
mod sndr;
mod snips;
mod sub_gaussian;
mod switch_dr;

/// How a log's decisions become a value. For one over destinations in the place of paths see [`mips`](super::mips); for even
/// draws without weights see [`replay`](super::replay).
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Estimator {
    /// Rewards times weights: without bias where the log supports the policy.
    Ips,
    /// Weights above a limit count as the limit: less variance for a bias towards 0.
    ClippedIps {
        /// The limit, above 0.
        limit: f64,
    },
    /// Weights over their mean: a little bias, which vanishes with the leads, for less variance.
    Snips,
    /// What the model says, whatever happened: as wrong as the model, and its interval does not tell.
    Dm,
    /// What the model says, and the weighted rest: without bias where the log supports the policy, however wrong the model is.
    Dr,
    /// [`Estimator::Dr`] with weights above a limit counted as the limit.
    ClippedDr {
        /// The limit, above 0.
        limit: f64,
    },
    /// [`Estimator::Dr`] with weights over their mean.
    Sndr,
    /// [`Estimator::Dr`] that trusts the model alone where a weight is above a limit.
    SwitchDr {
        /// The limit, above 0.
        limit: f64,
    },
    /// [`Estimator::Dr`] with weights shrunk by how large they are.
    DrOs {
        /// 0 would be the model alone, infinity is [`Estimator::Dr`].
        lambda: f64,
    },
    /// [`Estimator::Ips`] with weights bent below a bound.
    SubGaussianIps {
        /// In `(0, 1]`; weights stay below its inverse.
        lambda: f64,
    },
    /// [`Estimator::Dr`] with weights bent below a bound.
    SubGaussianDr {
        /// In `(0, 1]`; weights stay below its inverse.
        lambda: f64,
    },
}

impl Estimator {
    /// Whether the model has a part in it.
    pub fn uses_model(self) -> bool {
        match self {
            Self::Ips | Self::ClippedIps { .. } | Self::Snips | Self::SubGaussianIps { .. } => {
                false
            }
            Self::Dm
            | Self::Dr
            | Self::ClippedDr { .. }
            | Self::Sndr
            | Self::SwitchDr { .. }
            | Self::DrOs { .. }
            | Self::SubGaussianDr { .. } => true,
        }
    }

    /// Whether weights are divided by their mean.
    pub fn is_normalised(self) -> bool {
        matches!(self, Self::Snips | Self::Sndr)
    }

    /// Whether an interval of it covers the truth as often as it says, once the log is large enough: not for those that trade
    /// variance for a bias that the log does not show.
    pub fn is_consistent(self) -> bool {
        matches!(self, Self::Ips | Self::Snips | Self::Dr | Self::Sndr)
    }

    pub(super) fn uses_weights(self) -> bool {
        self != Self::Dm
    }

    /// f(w)
    pub(super) fn weight(self, weight: f64) -> f64 {
        match self {
            Self::Ips => ips::weight(weight),
            Self::Snips => snips::weight(weight),
            Self::ClippedIps { limit } | Self::ClippedDr { limit } => {
                clipped_ips::weight(weight, limit)
            }
            Self::Dm => dm::weight(),
            Self::Dr => dr::weight(weight),
            Self::Sndr => sndr::weight(weight),
            Self::SwitchDr { limit } => switch_dr::weight(weight, limit),
            Self::DrOs { lambda } => dr_os::weight(weight, lambda),
            Self::SubGaussianIps { lambda } | Self::SubGaussianDr { lambda } => {
                sub_gaussian::weight(weight, lambda)
            }
        }
    }

    /// b
    pub(super) fn base(self, decisions: &[Decision]) -> f64 {
        if self.uses_model() {
            dm::of_lead(decisions)
        } else {
            0.0
        }
    }

    /// `f(wₖ) eₖ`, decision by decision.
    pub(super) fn terms(self, decisions: &[Decision]) -> impl Iterator<Item = f64> + '_ {
        let uses_model = self.uses_model();
        decisions.iter().enumerate().map(move |(k, decision)| {
            let residual = if uses_model {
                dr::residual(decisions, k)
            } else {
                decision.reward
            };
            self.weight(decision.weight) * residual
        })
    }

    /// # Errors
    ///
    /// [`Error::Limit`] for one that is not above 0, or for a bend that is above 1.
    pub(super) fn check(self) -> Result<(), Error> {
        let (value, most) = match self {
            Self::ClippedIps { limit } | Self::ClippedDr { limit } | Self::SwitchDr { limit } => {
                (limit, f64::INFINITY)
            }
            Self::DrOs { lambda } => (lambda, f64::INFINITY),
            Self::SubGaussianIps { lambda } | Self::SubGaussianDr { lambda } => (lambda, 1.0),
            Self::Ips | Self::Snips | Self::Dm | Self::Dr | Self::Sndr => return Ok(()),
        };
        if value > 0.0 && value <= most {
            Ok(())
        } else {
            Err(Error::Limit { value })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Log;
    use super::*;

    #[test]
    fn limits_that_are_none_are_refused() {
        let log = Log::default();
        for estimator in [
            Estimator::ClippedIps { limit: 0.0 },
            Estimator::SwitchDr { limit: f64::NAN },
            Estimator::DrOs { lambda: -1.0 },
            Estimator::SubGaussianDr { lambda: 1.5 },
        ] {
            assert!(
                matches!(estimator.estimate(&log), Err(Error::Limit { .. })),
                "{estimator:?}"
            );
        }
    }

    #[test]
    fn what_says_nothing_has_no_value() {
        let mut log = Log::default();
        assert_eq!(Estimator::Ips.estimate(&log), Err(Error::TooFew { n: 0 }));
        let nothing = Decision {
            weight: 0.0,
            reward: 1.0,
            expected: 0.5,
            mean: 0.5,
        };
        for _ in 0..3 {
            log.add(&[nothing], Some(1)).unwrap();
        }
        assert_eq!(Estimator::Dm.estimate(&log), Err(Error::TooFew { n: 1 }));
        log.add(&[nothing], None).unwrap();
        for estimator in [Estimator::Ips, Estimator::Snips, Estimator::Sndr] {
            assert_eq!(estimator.estimate(&log), Err(Error::NoOverlap { n: 4 }));
        }
        assert!(Estimator::Dm.estimate(&log).is_ok());
    }
}
