//! The way of a version from no lead to all of them, and what opens the next part of it.

use pointsman_lead::Problem;
use serde::{Deserialize, Serialize};

use crate::{Action, Plan, Readout, Subject, evidence::count};

/// Most steps of a rollout.
pub const STEPS_MAX: usize = 12;
/// Longest time that a step may ask for, in hours: 90 days.
const HOURS_MAX: u32 = 2_160;
/// Most leads that a step may ask for.
const LEADS_MAX: u64 = 1_000_000_000;

/// How a version takes part at a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exposure {
    /// It decides leads, and nothing of that is sent.
    Shadow,
    /// It takes a share of leads in parts per million.
    Canary(u32),
}

/// What has to be the case before a rollout goes on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gate {
    /// Leads of the version that have to count since the step began.
    #[serde(default)]
    pub min_leads: u64,
    /// Hours that the step has to last.
    #[serde(default)]
    pub min_hours: u32,
    /// Whether the readout of the rollout's own experiment has to say that the version is better.
    #[serde(default)]
    pub requires_ship: bool,
    /// Another experiment that has to have ended with an arm in place of the first one.
    #[serde(default)]
    pub requires_experiment: Option<String>,
}

/// A part of the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RolloutStep {
    /// How the version takes part.
    pub exposure: Exposure,
    /// What opens the next step; of the last one, what makes the version live.
    pub gate: Gate,
}

/// The way of a version. Its guardrails are those of its experiment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RolloutPlan {
    /// The steps, the first one first.
    pub steps: Vec<RolloutStep>,
    /// Whether it goes on by itself where a gate is open. It is always taken back by itself.
    #[serde(default = "yes")]
    pub is_automatic: bool,
}

fn yes() -> bool {
    true
}

impl RolloutPlan {
    /// Everything that is wrong with it, together with the experiment that it is watched by.
    pub fn problems(&self, watched: &Plan) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.steps.is_empty() || self.steps.len() > STEPS_MAX {
            let message = format!("{} steps are not within 1 to {STEPS_MAX}", self.steps.len());
            problems.push(Problem::new("out_of_range", "steps", message));
        }
        let mut share_before = 0;
        for (idx, step) in self.steps.iter().enumerate() {
            let path = |part: &str| format!("steps[{idx}].{part}");
            match step.exposure {
                Exposure::Shadow if idx > 0 => {
                    let message = "the shadow comes after a step in which the version took leads";
                    let problem = Problem::new("wrong_order", path("exposure"), message);
                    problems.push(problem.hint("make it the first step, or leave it out"));
                }
                Exposure::Shadow => {}
                Exposure::Canary(share) => {
                    if !(1..1_000_000).contains(&share) {
                        let message =
                            format!("{share} is not within 1 to 999,999 parts per million");
                        problems.push(Problem::new("out_of_range", path("exposure"), message));
                    } else if share <= share_before {
                        let message = format!("{share} is no more than the {share_before} before");
                        let problem = Problem::new("wrong_order", path("exposure"), message);
                        problems.push(problem.hint("each step takes a larger share of leads"));
                    }
                    share_before = share_before.max(share);
                }
            }
            problems.extend(step.gate.problems(step.exposure, &path("gate")));
        }
        if watched.subject != Subject::Version {
            let message = "a rollout compares a version with the live one";
            problems.push(Problem::new("wrong_subject", "subject", message));
        }
        if watched.guardrails.is_empty() {
            let message = "nothing says when the version has to be taken back";
            let problem = Problem::new("required", "guardrails", message);
            problems.push(problem.hint("name a metric, and how much worse it may be"));
        }
        problems
    }
}

impl Gate {
    fn problems(&self, exposure: Exposure, path: &str) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.min_leads > LEADS_MAX {
            let message = format!("{} is more than {LEADS_MAX}", self.min_leads);
            let path = format!("{path}.min_leads");
            problems.push(Problem::new("out_of_range", path, message));
        }
        if self.min_hours > HOURS_MAX {
            let message = format!("{} is more than {HOURS_MAX}", self.min_hours);
            let path = format!("{path}.min_hours");
            problems.push(Problem::new("out_of_range", path, message));
        }
        if self.min_leads == 0 && self.min_hours == 0 {
            let message = "neither leads nor hours are asked for, so that it is open at once";
            let problem = Problem::new("required", format!("{path}.min_leads"), message);
            problems.push(problem.hint("ask for a few hundred leads of the version at least"));
        }
        if self.requires_ship && exposure == Exposure::Shadow {
            let message = "nothing is compared while the version sends nothing";
            let path = format!("{path}.requires_ship");
            problems.push(Problem::new("wrong_order", path, message));
        }
        problems
    }
}

/// What is known when a gate is looked at.
#[derive(Debug, Clone, Copy)]
pub struct GateEvidence<'a> {
    /// Leads of the version that count since the step began.
    pub leads: u64,
    /// Hours since the step began.
    pub hours: f64,
    /// The readout of the rollout's experiment; absent while the version sends nothing.
    pub readout: Option<&'a Readout>,
    /// Whether the experiment that is asked for has ended with an arm in place of the first one.
    pub has_shipped: bool,
}

/// What follows from a gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GateVerdict {
    /// The next step may begin: why.
    Open(String),
    /// Not yet: everything that is waited for.
    Wait(Vec<String>),
    /// Nothing can be believed at present, so no lead goes to the version: why.
    Pause(String),
    /// The version is taken back: why.
    RollBack(String),
}

impl Gate {
    /// What follows from what is known.
    pub fn judge(&self, evidence: GateEvidence<'_>) -> GateVerdict {
        let GateEvidence {
            leads,
            hours,
            readout,
            has_shipped,
        } = evidence;
        if let Some(broken) = readout.and_then(Readout::broken_guardrail) {
            return GateVerdict::RollBack(broken);
        }
        if readout.is_some_and(|readout| readout.split.is_broken) {
            let why = "leads were not split as the share says, so that nothing can be compared";
            return GateVerdict::Pause(why.to_owned());
        }
        let mut waits = Vec::new();
        if leads < self.min_leads {
            waits.push(format!("{leads} of {} leads count", self.min_leads));
        }
        if hours < count(u64::from(self.min_hours)) {
            waits.push(format!("{hours:.1} of {} hours are over", self.min_hours));
        }
        let ships = readout.is_some_and(|readout| readout.advice.action == Action::Ship);
        if self.requires_ship && !ships {
            let advice = readout.map_or("nothing is compared yet", |it| &it.advice.sentence);
            waits.push(format!("the version is not known to be better: {advice}"));
        }
        if let Some(other) = self.requires_experiment.as_ref().filter(|_| !has_shipped) {
            waits.push(format!(
                "experiment `{other}` has not ended with another arm"
            ));
        }
        if !waits.is_empty() {
            return GateVerdict::Wait(waits);
        }
        let guarded = if readout.is_some() {
            ", and no guardrail is broken"
        } else {
            ""
        };
        GateVerdict::Open(format!(
            "{leads} leads count after {hours:.1} hours{guarded}"
        ))
    }
}

#[cfg(test)]
mod tests {
    use pointsman_lead::Timestamp;

    use super::*;
    use crate::{Comparison, Guardrail, Metric, Role, SplitCheck, Verdict, read};

    fn watched() -> Plan {
        Plan {
            hypothesis: String::new(),
            subject: Subject::Version,
            primary: Metric::Revenue,
            smallest_effect_ppm: 50_000,
            guardrails: vec![Guardrail {
                metric: Metric::AcceptRate,
                worst_ppm: 100_000,
            }],
            secondary: Vec::new(),
            covariates: Vec::new(),
            slow_ms: crate::SLOW_MS,
            sticky: None,
            layer: None,
            window_hours: 0,
            confidence_ppm: 950_000,
        }
    }

    fn readout() -> Readout {
        let evidence = crate::Evidence {
            adaptive: None,
            units: Vec::new(),
            assigned: Vec::new(),
            counts: Vec::new(),
            n_versions: 0,
            n_behind: 0,
            started_at: None,
            as_of: Timestamp(0),
        };
        read(&watched(), &evidence)
    }

    fn gate() -> Gate {
        Gate {
            min_leads: 100,
            min_hours: 2,
            ..Gate::default()
        }
    }

    fn known(readout: &Readout) -> GateEvidence<'_> {
        GateEvidence {
            leads: 100,
            hours: 2.0,
            readout: Some(readout),
            has_shipped: false,
        }
    }

    #[test]
    fn a_gate_opens_where_all_is_there_that_it_asks_for() {
        let readout = readout();
        let known = known(&readout);
        assert!(matches!(gate().judge(known), GateVerdict::Open(_)));
        let few = GateEvidence { leads: 99, ..known };
        assert_eq!(
            gate().judge(few),
            GateVerdict::Wait(vec!["99 of 100 leads count".to_owned()])
        );
        let early = GateEvidence {
            hours: 1.9,
            leads: 0,
            ..known
        };
        let GateVerdict::Wait(waits) = gate().judge(early) else {
            panic!("both are waited for");
        };
        assert_eq!(waits.len(), 2, "{waits:?}");
    }

    #[test]
    fn a_decision_may_be_asked_for() {
        let mut readout = readout();
        let asks = Gate {
            requires_ship: true,
            requires_experiment: Some("ab".to_owned()),
            ..gate()
        };
        let GateVerdict::Wait(waits) = asks.judge(known(&readout)) else {
            panic!("both are waited for");
        };
        assert_eq!(waits.len(), 2, "{waits:?}");
        readout.advice.action = Action::Ship;
        let shipped = GateEvidence {
            has_shipped: true,
            ..known(&readout)
        };
        assert!(matches!(asks.judge(shipped), GateVerdict::Open(_)));
    }

    #[test]
    fn harm_comes_before_everything_else() {
        let mut readout = readout();
        readout.split = SplitCheck {
            p_value: Some(1e-9),
            is_broken: true,
            n_weights: 1,
        };
        assert!(matches!(
            gate().judge(known(&readout)),
            GateVerdict::Pause(_)
        ));
        readout.comparisons.push(Comparison {
            arm: "candidate".to_owned(),
            metric: Metric::AcceptRate,
            role: Role::Guardrail,
            verdict: Verdict::Worse,
            effect: None,
            why_not: None,
            adjusted: None,
            why_not_adjusted: None,
        });
        let few = GateEvidence {
            leads: 0,
            ..known(&readout)
        };
        assert!(matches!(gate().judge(few), GateVerdict::RollBack(_)));
    }

    #[test]
    fn every_problem_of_a_plan_is_told_at_once() {
        let step = |exposure| RolloutStep {
            exposure,
            gate: gate(),
        };
        let good = RolloutPlan {
            steps: vec![
                step(Exposure::Shadow),
                step(Exposure::Canary(10_000)),
                step(Exposure::Canary(500_000)),
            ],
            is_automatic: true,
        };
        assert_eq!(good.problems(&watched()), []);
        let text = serde_json::to_string(&good).unwrap();
        assert_eq!(serde_json::from_str::<RolloutPlan>(&text).unwrap(), good);
        let mut bad = good.clone();
        bad.steps[1].exposure = Exposure::Shadow;
        bad.steps[2].exposure = Exposure::Canary(1_000_000);
        bad.steps[0].gate = Gate {
            requires_ship: true,
            ..Gate::default()
        };
        bad.steps.push(step(Exposure::Canary(5)));
        let unwatched = Plan {
            guardrails: Vec::new(),
            ..watched()
        };
        let found = bad.problems(&unwatched);
        let paths: Vec<&str> = found.iter().map(|it| it.path.as_str()).collect();
        assert_eq!(
            paths,
            [
                "steps[0].gate.min_leads",
                "steps[0].gate.requires_ship",
                "steps[1].exposure",
                "steps[2].exposure",
                "steps[3].exposure",
                "guardrails"
            ]
        );
    }
}
