//! Everything that can be said of an experiment at a moment.

use pointsman_lead::Timestamp;
use pointsman_stats::experiment::Mean;
use serde::{Deserialize, Serialize};

use crate::{
    Advice, Comparison, Counts, Evidence, Metric, Plan, Role, SplitCheck, Verdict,
    adjustment::covariate_notes,
    advice::advise,
    comparison::{compare, two_means},
    split_check::check_split,
};

/// Numbers in commit order that a few seconds of leads may take.
const BEHIND_MAX: u64 = 20_000;

/// A metric of an arm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// The metric.
    pub metric: Metric,
    /// Its mean per lead; absent where too few leads count.
    pub value: Option<f64>,
    /// The standard error of that.
    pub se: Option<f64>,
}

/// What is known of an arm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ArmReadout {
    /// Its name.
    pub arm: String,
    /// Leads that count.
    pub leads: u64,
    /// The units that they come from.
    pub units: u64,
    /// Leads whose window is not over or whose answer is not known, which do not count yet.
    pub waiting: u64,
    /// Leads that never count, since not all arms could be drawn for them.
    pub not_comparable: u64,
    /// Leads that count as this arm's and drew another one, since their unit was given this one first.
    pub crossed: u64,
    /// What was measured.
    pub measured: Vec<Measured>,
}

/// What can be said of an experiment at a moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Readout {
    /// The moment.
    pub as_of: Timestamp,
    /// The arms; the first is the one that the others are compared with.
    pub arms: Vec<ArmReadout>,
    /// Whether leads were split as the weights say.
    pub split: SplitCheck,
    /// Each other arm compared with the first one, by each metric.
    pub comparisons: Vec<Comparison>,
    /// What happened during the experiment that its reader should know.
    pub notes: Vec<String>,
    /// What to do.
    pub advice: Advice,
}

impl Readout {
    /// The comparison that decides of an arm.
    pub fn primary(&self, arm: &str) -> Option<&Comparison> {
        let mut all = self.comparisons.iter();
        all.find(|it| it.arm == arm && it.role == Role::Primary)
    }

    /// In words, which arm is beyond doubt worse than a guardrail allows; `None` if none is.
    pub fn broken_guardrail(&self) -> Option<String> {
        let mut all = self.comparisons.iter();
        let broken = all.find(|it| it.role == Role::Guardrail && it.verdict == Verdict::Worse)?;
        Some(format!(
            "the {} of `{}` is worse than its guardrail allows",
            broken.metric.words(),
            broken.arm
        ))
    }
}

/// Reads an experiment.
pub fn read(plan: &Plan, evidence: &Evidence) -> Readout {
    let arms = plan.subject.arms();
    let n_others = arms.len() - 1;
    let mut comparisons = Vec::new();
    for arm in &arms[1..] {
        let primary = (*arm, plan.primary, Role::Primary);
        comparisons.push(compare(plan, evidence, primary, n_others));
        for guardrail in &plan.guardrails {
            let guarded = (*arm, guardrail.metric, Role::Guardrail);
            comparisons.push(compare(plan, evidence, guarded, 1));
        }
        for metric in &plan.secondary {
            let looked_at = (*arm, *metric, Role::Secondary);
            let n_looked_at = n_others * plan.secondary.len();
            comparisons.push(compare(plan, evidence, looked_at, n_looked_at));
        }
    }
    let split = match &evidence.adaptive {
        Some(draws) => SplitCheck::of_bandit(draws),
        None => check_split(plan, &evidence.assigned),
    };
    let notes = notes(plan, evidence, &split);
    let mut readout = Readout {
        as_of: evidence.as_of,
        arms: arms
            .iter()
            .map(|arm| arm_readout(plan, evidence, arm))
            .collect(),
        split,
        comparisons,
        notes,
        advice: Advice::default(),
    };
    readout.advice = advise(plan, evidence, &readout);
    readout
}

fn arm_readout(plan: &Plan, evidence: &Evidence, arm: &str) -> ArmReadout {
    let counts: Vec<&Counts> = evidence.counts.iter().filter(|it| it.arm == arm).collect();
    let leads = |is_wanted: fn(&Counts) -> bool| -> u64 {
        let wanted = counts.iter().filter(|it| is_wanted(it));
        wanted.map(|it| it.leads).sum()
    };
    let units = evidence.units.iter().filter(|it| it.arm == arm);
    let units: u64 = match &evidence.adaptive {
        Some(draws) => draws.leads(arm),
        None => units.map(|it| it.units).sum(),
    };
    let arms = plan.subject.arms();
    let other = if arm == arms[0] { arms[1] } else { arms[0] };
    let measured = plan.metrics().into_iter().map(|metric| {
        // With the strata that it is compared in.
        let mean = match &evidence.adaptive {
            Some(draws) => draws.mean(arm, metric),
            None => two_means(plan, &evidence.units, arm, other, metric)
                .ok()
                .map(|[own, _]| own.mean),
        };
        Measured {
            metric,
            value: mean.map(Mean::value),
            se: mean.map(Mean::se),
        }
    });
    ArmReadout {
        arm: arm.to_owned(),
        leads: leads(|it| it.is_comparable && it.is_mature),
        units,
        waiting: leads(|it| it.is_comparable && !it.is_mature),
        not_comparable: leads(|it| !it.is_comparable),
        crossed: counts.iter().map(|it| it.crossed).sum(),
        measured: measured.collect(),
    }
}

fn notes(plan: &Plan, evidence: &Evidence, split: &SplitCheck) -> Vec<String> {
    let mut notes = Vec::new();
    let n_usual = match plan.subject {
        crate::Subject::Version => 2,
        crate::Subject::Split { .. } | crate::Subject::Bandit { .. } => 1,
        // What others try out meanwhile is what it is about.
        crate::Subject::HoldOut => usize::MAX,
    };
    if evidence.n_versions > n_usual {
        notes.push(format!(
            "the flow changed during the experiment: its leads were decided by {} versions",
            evidence.n_versions
        ));
    }
    let strata = split.n_weights;
    if let Some(draws) = &evidence.adaptive {
        notes.extend(draws.note());
    } else if strata > 1 {
        notes.push(format!(
            "the weights changed during the experiment: leads are compared within each of {strata} sets of weights"
        ));
    }
    notes.extend(covariate_notes(plan, &evidence.units));
    if evidence.n_behind > BEHIND_MAX {
        notes.push(format!(
            "the latest leads are not counted yet: {} numbers in commit order are still to be read",
            evidence.n_behind
        ));
    }
    let crossed: u64 = evidence.counts.iter().map(|it| it.crossed).sum();
    if crossed > 0 {
        notes.push(format!(
            "{crossed} leads drew another arm than their unit was given first; they count for the first"
        ));
    }
    notes
}
