//! From what was observed to what is believed: the laws of each arm's streams, and their sum.

mod change;
mod money;

use pointsman_stats::law::{Law, Part};

use crate::config::Config;
use crate::delay_laws::{DelayLaws, Exposure, days};
use crate::facts::{CONVERSIONS, Facts, STREAMS, View, is_after_refusal, place_and_kind};
use crate::observation::Objective;
use crate::posterior::{Posterior, QUANTILES};
use crate::rate::{Exposed, Prior, RateBelief, Taught};
use crate::state::{ArmState, NodeState, Place};

/// Days in which half of the leads without an answer become failures.
const UNANSWERED_HALF_LIFE: f64 = 0.25;

/// Share of the belief in a delay that follows the other arms, for what is earned elsewhere.
const ELSEWHERE_KINSHIP: f64 = 0.5;

/// What beliefs of one moment are made with.
pub(crate) struct Model<'a> {
    config: &'a Config,
    laws: DelayLaws,
    view: View,
}

impl<'a> Model<'a> {
    pub(crate) fn new(config: &'a Config, as_of: i64) -> Self {
        let laws = DelayLaws::new(config.window.max(1), config.delay_mixed);
        let view = View {
            as_of,
            half_life: config.half_life.map(days),
            n_steps: laws.n_steps(),
            unanswered_half_life: UNANSWERED_HALF_LIFE,
            elsewhere_half_life: config.elsewhere_half_life,
        };
        Self { config, laws, view }
    }
}

/// An arm in all its segments.
struct ArmBelief {
    facts: Facts,
    /// For each stream that is in use, its exposure and what the other arms teach of its delay.
    streams: Vec<Option<ArmStream>>,
    /// Days ago from which rates are judged, after a change.
    changed: Option<f64>,
}

/// One stream of an arm in all its segments.
struct ArmStream {
    exposed: Exposed,
    /// Logarithm of each delay law's share, before the arm's own delays.
    ln_laws: Vec<f64>,
    /// Logarithm of the likelihood of the arm's delays under each law.
    ln_delays: Vec<f64>,
}

/// The arms of a node, summed up as of a moment: enough for the beliefs of every segment.
pub(crate) struct NodeBelief<'a> {
    model: &'a Model<'a>,
    objective: Objective,
    names: Vec<String>,
    arms: Vec<ArmBelief>,
    /// All arms together.
    pool: Facts,
}

impl<'a> NodeBelief<'a> {
    pub(crate) fn new(
        model: &'a Model<'a>,
        node: &NodeState,
        arms: &[&str],
        objective: Objective,
    ) -> Self {
        let nothing = ArmState::default();
        let facts: Vec<Facts> = arms
            .iter()
            .map(|arm| {
                Facts::of(
                    node.all().get(*arm).map_or(&nothing, |arm| arm),
                    &model.view,
                )
            })
            .collect();
        let mut pool = Facts::default();
        for facts in &facts {
            pool.add(facts);
        }
        let mut belief = Self {
            model,
            objective,
            names: arms.iter().map(|arm| (*arm).to_owned()).collect(),
            arms: Vec::new(),
            pool,
        };
        belief.arms = facts.into_iter().map(|facts| belief.arm(facts)).collect();
        belief
    }

    /// The arm with its streams, judged from its last change on.
    fn arm(&self, mut facts: Facts) -> ArmBelief {
        let mut streams = self.streams_of(&facts);
        let config = self.model.config;
        let (a, b) = config.conversion_prior;
        let changed = change::last(
            &self.model.laws,
            &facts,
            &streams,
            Prior { a, b },
            config.change_alarm,
        );
        if let Some(age) = changed {
            facts.forget_before(age);
            streams = self.streams_of(&facts);
        }
        ArmBelief {
            facts,
            streams,
            changed,
        }
    }

    fn streams_of(&self, facts: &Facts) -> Vec<Option<ArmStream>> {
        (0..STREAMS)
            .map(|k| self.is_in_use(k).then(|| self.stream(facts, k)))
            .collect()
    }

    fn stream(&self, facts: &Facts, k: usize) -> ArmStream {
        let laws = &self.model.laws;
        let own = &facts.streams[k].delays;
        let ln_delays = laws.ln_likelihoods(own);
        let all = &self.pool.streams[k].delays;
        let ln_others: Vec<f64> = laws
            .ln_likelihoods(all)
            .iter()
            .zip(&ln_delays)
            .map(|(all, own)| all - own)
            .collect();
        let n = (all.iter().sum::<f64>() - own.iter().sum::<f64>()).max(0.0);
        let config = self.model.config;
        let kinship = if place_and_kind(k).0 == Place::Own {
            config.delay_kinship
        } else {
            ELSEWHERE_KINSHIP
        };
        let strength = config.delay_lesson / n.max(config.delay_lesson);
        ArmStream {
            exposed: Exposed::new(laws, exposures(facts, k)),
            ln_laws: laws.taught(&ln_others, strength, kinship),
            ln_delays,
        }
    }

    /// What is believed of the arms in a segment, with the law of what a lead is worth.
    pub(crate) fn arms_in(&self, node: &NodeState, segment: &str) -> Vec<(Posterior, Law)> {
        let is_new =
            !node.segments().is_empty() && segment.is_empty() || node.segment(segment).is_none();
        let states = node.segment(segment).filter(|_| !segment.is_empty());
        let nothing = Facts::default();
        (0..self.arms.len())
            .map(|i| {
                let arm = &self.arms[i];
                if !is_new && segment.is_empty() {
                    return self.posterior(arm, &arm.facts, false);
                }
                let state = states.and_then(|arms| arms.get(&self.names[i]));
                match state {
                    Some(state) => {
                        let mut facts = Facts::of(state, &self.model.view);
                        if let Some(age) = arm.changed {
                            facts.forget_before(age);
                        }
                        self.posterior(arm, &facts, true)
                    }
                    None => self.posterior(arm, &nothing, true),
                }
            })
            .collect()
    }

    /// * `is_part`: whether `own` are facts of one segment, of which the arm's others teach something.
    fn posterior(&self, arm: &ArmBelief, own: &Facts, is_part: bool) -> (Posterior, Law) {
        let view = money::ArmView {
            node: self,
            arm,
            own,
            is_part,
        };
        let (law, streams) = match self.objective {
            Objective::NetRevenue => view.money(),
            Objective::Conversions => match view.rate(CONVERSIONS) {
                Some(rate) => {
                    let law = rate.law();
                    let stream = money::counted(own, &rate, &law);
                    (law, vec![stream])
                }
                None => (Law::point(0.0), Vec::new()),
            },
            Objective::Accepted => (
                Law::beta_mixture(&[view.share(|facts| (facts.accepted, facts.trials))]),
                Vec::new(),
            ),
        };
        let posterior = Posterior {
            trials: own.n,
            successes: own.successes[match self.objective {
                Objective::Accepted => 0,
                Objective::Conversions => 1,
                Objective::NetRevenue => 2,
            }],
            mean_value: law.mean(),
            sd: law.variance().sqrt(),
            quantiles: QUANTILES.map(|probability| law.quantile(probability)),
            best: 0.0,
            is_count: self.objective != Objective::NetRevenue,
            changed_at: arm.changed.map(|age| self.model.view.time_of(age)),
            streams,
        };
        (posterior, law)
    }

    /// Whether a stream has money anywhere in the node, or is expected to.
    fn is_in_use(&self, k: usize) -> bool {
        match self.objective {
            Objective::NetRevenue => {
                k != CONVERSIONS
                    && money::is_later(k)
                    && (k == money::OWN_SALES || self.pool.streams[k].events > 0.0)
            }
            Objective::Conversions => k == CONVERSIONS,
            Objective::Accepted => false,
        }
    }
}

/// The groups of trials that a stream was exposed to.
fn exposures(facts: &Facts, k: usize) -> Vec<Exposure> {
    let cohorts = facts.cohorts.iter();
    cohorts
        .map(|cohort| Exposure {
            age: cohort.age,
            trials: if is_after_refusal(k) {
                cohort.refused
            } else {
                cohort.trials
            },
            events: cohort.events[k],
        })
        .collect()
}
