//! What is believed of how often a stream's money comes: a Beta, mixed over the laws of its delay.

use pointsman_stats::beta::Beta;
use pointsman_stats::law::{Law, Part};

use crate::delay_laws::{DelayLaws, Exposure, MEANS};

/// From this rate on, a young trial without its event is not just a part of a failure.
const FREQUENT: f64 = 0.12;

/// Trials that a stream was exposed to, with the shares that have come under each exponential.
#[derive(Debug, Clone, Default)]
pub(crate) struct Exposed {
    exposures: Vec<Exposure>,
    table: Vec<[f64; MEANS]>,
    /// Trials whose event would have come, for each exponential.
    matured: [f64; MEANS],
    pub(crate) trials: f64,
    pub(crate) events: f64,
}

impl Exposed {
    pub(crate) fn new(laws: &DelayLaws, exposures: Vec<Exposure>) -> Self {
        let table = laws.table(exposures.iter().map(|exposure| exposure.age));
        let matured = DelayLaws::weighed(&table, exposures.iter().map(|exposure| exposure.trials));
        Self {
            matured,
            table,
            trials: exposures.iter().map(|exposure| exposure.trials).sum(),
            events: exposures.iter().map(|exposure| exposure.events).sum(),
            exposures,
        }
    }

    /// For each group of trials: how many there are, those whose event would have come by what is believed of the delay,
    /// and those whose event has.
    pub(crate) fn by_group(&self, laws: &DelayLaws, belief: &RateBelief) -> Vec<(f64, f64, f64)> {
        let whole: f64 = belief.parts.iter().map(|part| part.weight).sum();
        let groups = self.exposures.iter().zip(&self.table);
        groups
            .map(|(exposure, row)| {
                let shares = belief.parts.iter().enumerate();
                let arrived: f64 = shares
                    .map(|(law, part)| part.weight * laws.of_law(law, row))
                    .sum();
                (
                    exposure.trials,
                    exposure.trials * arrived / whole,
                    exposure.events,
                )
            })
            .collect()
    }
}

/// What the arm's other segments teach about one: everything of the arm, of which the segment's own is a part.
pub(crate) struct Taught<'a> {
    pub(crate) exposed: &'a Exposed,
    pub(crate) ln_delays: &'a [f64],
    /// For how many trials they count, at most.
    pub(crate) strength: f64,
}

/// Events that the other segments' knowledge of the delay counts for, at most.
const DELAY_STRENGTH: f64 = 30.0;

/// A law of the delay that is this much less likely than another, in logarithms, is left out.
const LN_NEGLIGIBLE: f64 = 12.0;

/// What is believed of how often the money of a stream comes, and how late.
#[derive(Debug, Clone)]
pub(crate) struct RateBelief {
    parts: Vec<Part>,
    /// Mean delay in days.
    pub(crate) delay_days: f64,
    /// Share of the events of past trials that have not come.
    pub(crate) waiting: f64,
}

impl RateBelief {
    pub(crate) fn law(&self) -> Law {
        Law::beta_mixture(&self.parts)
    }
}

/// A Beta that is to be learnt from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Prior {
    pub(crate) a: f64,
    pub(crate) b: f64,
}

/// The Beta after some trials, and the logarithm of how likely they were.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Learnt {
    pub(crate) a: f64,
    pub(crate) b: f64,
    pub(crate) ln_evidence: f64,
}

impl Prior {
    /// What is believed under all laws of the delay together.
    ///
    /// * `ln_laws`: logarithm of each law's share, before any delay of the arm.
    /// * `ln_delays`: logarithm of the likelihood of the own delays under each law.
    pub(crate) fn believe(
        self,
        laws: &DelayLaws,
        ln_laws: &[f64],
        taught: Option<&Taught<'_>>,
        own: &Exposed,
        ln_delays: &[f64],
    ) -> RateBelief {
        let priors: Vec<(Self, f64)> = (0..laws.len())
            .map(|law| {
                let (prior, ln_rest) = taught.map_or((self, 0.0), |taught| {
                    self.taught(laws, law, taught, own, ln_delays[law])
                });
                (prior, ln_laws[law] + ln_rest + ln_delays[law])
            })
            .collect();
        let likeliest = (0..laws.len()).max_by(|i, j| priors[*i].1.total_cmp(&priors[*j].1));
        let judged = |law: usize| {
            let (prior, ln_before) = priors[law];
            let learnt = prior.learn(laws, law, own);
            Learnt {
                ln_evidence: learnt.ln_evidence + ln_before,
                ..learnt
            }
        };
        // Trials have a probability of at most 1, so a law that is negligible before them stays so.
        let mut top = likeliest.map_or(f64::NEG_INFINITY, |law| judged(law).ln_evidence);
        let mut learnt: Vec<Learnt> = Vec::with_capacity(laws.len());
        for (law, (prior, ln_before)) in priors.iter().enumerate() {
            let it = if *ln_before < top - LN_NEGLIGIBLE {
                Learnt {
                    a: prior.a,
                    b: prior.b,
                    ln_evidence: f64::NEG_INFINITY,
                }
            } else {
                judged(law)
            };
            top = top.max(it.ln_evidence);
            learnt.push(it);
        }
        for it in &mut learnt {
            it.ln_evidence = (it.ln_evidence - top).exp();
        }
        let whole: f64 = learnt.iter().map(|it| it.ln_evidence).sum();
        let (mut delay_days, mut arrived) = (0.0, 0.0);
        for (law, it) in learnt.iter().enumerate() {
            let share = it.ln_evidence / whole;
            delay_days += share * laws.mean_delay(law);
            arrived += share * laws.of_law(law, &own.matured) / own.trials.max(1e-9);
        }
        let parts = learnt.iter().map(|it| Part {
            weight: it.ln_evidence,
            a: it.a,
            b: it.b,
        });
        RateBelief {
            parts: parts.collect(),
            delay_days,
            waiting: (1.0 - arrived).clamp(0.0, 1.0),
        }
    }

    /// What the arm's other segments make of the prior under one law, and the logarithm of how likely they were.
    fn taught(
        self,
        laws: &DelayLaws,
        law: usize,
        taught: &Taught<'_>,
        own: &Exposed,
        ln_own: f64,
    ) -> (Self, f64) {
        let Self { a, b } = self;
        let events = (taught.exposed.events - own.events).max(0.0);
        let matured = laws.of_law(law, &taught.exposed.matured) - laws.of_law(law, &own.matured);
        let (a1, b1) = (a + events, b + (matured - events).max(0.0));
        // What the prior itself adds is the same under every law.
        let ln_rate = Beta::new(a1, b1).ln_function();
        let share = DELAY_STRENGTH / events.max(DELAY_STRENGTH);
        let prior = Self::limited(a1, b1, taught.strength.max(a + b));
        (prior, share * (taught.ln_delays[law] - ln_own + ln_rate))
    }

    /// Learns from trials under one law of the delay.
    pub(crate) fn learn(self, laws: &DelayLaws, law: usize, of: &Exposed) -> Learnt {
        let Self { a, b } = self;
        if of.trials <= 0.0 && of.events <= 0.0 {
            return Learnt {
                a,
                b,
                ln_evidence: 0.0,
            };
        }
        let matured = laws.of_law(law, &of.matured);
        let (a1, b1) = (a + of.events, b + (matured - of.events).max(0.0));
        let before = Beta::new(a, b).ln_function();
        if a1 < FREQUENT * (a1 + b1) || matured > 0.999 * of.trials {
            return Learnt {
                a: a1,
                b: b1,
                ln_evidence: Beta::new(a1, b1).ln_function() - before,
            };
        }
        self.matched(laws, law, of, a1 / (a1 + b1), before)
    }

    /// The Beta whose log-odds have the mode and the curvature of the exact posterior,
    /// `θᵃ (1 − θ)ᵇ Π (1 − θ G(age))` over the trials without an event.
    fn matched(
        self,
        laws: &DelayLaws,
        law: usize,
        of: &Exposed,
        start: f64,
        before: f64,
    ) -> Learnt {
        let Self { a, b } = self;
        let a = a + of.events;
        let pending: Vec<(f64, f64)> = of
            .exposures
            .iter()
            .zip(&of.table)
            .map(|(exposure, row)| {
                let n = (exposure.trials - exposure.events).max(0.0);
                (n, laws.of_law(law, row).min(1.0))
            })
            .collect();
        let mut theta = start;
        let mut size = a + b;
        for _ in 0..12 {
            let (mut slope, mut curvature) = (a * (1.0 - theta) - b * theta, a + b);
            for (n, arrived) in &pending {
                let open = 1.0 - theta * arrived;
                slope -= n * arrived * theta * (1.0 - theta) / open;
                curvature +=
                    n * arrived * (1.0 - 2.0 * theta + theta * theta * arrived) / (open * open);
            }
            size = curvature.max(a);
            let step = (slope / (size * theta * (1.0 - theta))).clamp(-2.0, 2.0);
            let odds = theta / (1.0 - theta) * step.exp();
            theta = (odds / (1.0 + odds)).clamp(1e-9, 1.0 - 1e-9);
            if step.abs() < 1e-7 {
                break;
            }
        }
        let (a1, b1) = (size * theta, size * (1.0 - theta));
        let (ln_yes, ln_no) = (theta.ln(), (-theta).ln_1p());
        let open = pending
            .iter()
            .map(|(n, arrived)| n * (-theta * arrived).ln_1p());
        let here = a * ln_yes + b * ln_no + open.sum::<f64>();
        Learnt {
            a: a1,
            b: b1,
            ln_evidence: here - a1 * ln_yes - b1 * ln_no + Beta::new(a1, b1).ln_function() - before,
        }
    }

    /// The same mean, for at most `size` trials.
    pub(crate) fn limited(a: f64, b: f64, size: f64) -> Self {
        let scale = (size / (a + b)).min(1.0);
        Self {
            a: a * scale,
            b: b * scale,
        }
    }
}
