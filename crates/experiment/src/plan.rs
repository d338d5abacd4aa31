//! What an experiment compares, by which numbers, and what they must not fall to.

use std::collections::BTreeSet;

use pointsman_lead::Problem;
use serde::{Deserialize, Serialize};

use crate::Layer;

/// Most arms of an experiment.
pub const ARMS_MAX: usize = 10;
/// Most metrics beside the primary one, and most guardrails.
pub const METRICS_MAX: usize = 4;
/// Most covariates.
pub const COVARIATES_MAX: usize = 4;
/// Longest window, in hours: 90 days.
pub const WINDOW_HOURS_MAX: u32 = 2_160;
/// Most characters of a hypothesis or of a reason.
pub const TEXT_MAX_CHARS: usize = 2_000;
/// The arm of the leads that stay with the live version.
pub const LIVE_ARM: &str = "live";
/// The arm of the leads that are decided by another version.
pub const CANDIDATE_ARM: &str = "candidate";

/// The arm of the units of a hold-out, which take part in no other experiment of their layer.
pub const HELD_ARM: &str = "held";
/// The arm of all others.
pub const OTHERS_ARM: &str = "others";

/// What is measured of each lead, within the experiment's window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// The share of leads that somebody took.
    AcceptRate,
    /// The share of leads of which a sale was reported.
    ConversionRate,
    /// The share of leads of which something was taken back.
    ReturnRate,
    /// What a lead brings, in units of the flow's currency.
    Revenue,
    /// How long a lead is on its way, from its first step to the end of its walk, in milliseconds.
    Latency,
    /// The share of leads that are longer on their way than the plan allows.
    SlowRate,
}

impl Metric {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::AcceptRate,
        Self::ConversionRate,
        Self::ReturnRate,
        Self::Revenue,
        Self::Latency,
        Self::SlowRate,
    ];

    /// Whether it is a share of leads, and not an amount.
    pub fn is_rate(self) -> bool {
        !matches!(self, Self::Revenue | Self::Latency)
    }

    /// Whether more of it is better.
    pub fn is_more_better(self) -> bool {
        !matches!(self, Self::ReturnRate | Self::Latency | Self::SlowRate)
    }

    /// What people call it.
    pub fn words(self) -> &'static str {
        match self {
            Self::AcceptRate => "accept rate",
            Self::ConversionRate => "conversion rate",
            Self::ReturnRate => "return rate",
            Self::Revenue => "revenue per lead",
            Self::Latency => "time on the way",
            Self::SlowRate => "share of slow leads",
        }
    }

    /// A size of it for people, without a sign: of a rate in per cent.
    pub fn size_words(self, value: f64) -> String {
        match self {
            Self::Revenue => format!("{value:.4}"),
            Self::Latency => format!("{value:.1} ms"),
            Self::AcceptRate | Self::ConversionRate | Self::ReturnRate | Self::SlowRate => {
                format!("{:.2} %", value * 100.0)
            }
        }
    }
}

/// What is compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Subject {
    /// Arms of a split of the live version.
    Split {
        /// Name of the node.
        node: String,
        /// Names of the arms; the first is the one that the others are compared with.
        arms: Vec<String>,
    },
    /// Arms of a bandit of the live version, whose weights follow what it learns.
    Bandit {
        /// Name of the node.
        node: String,
        /// Names of the arms; the first is the one that the others are compared with.
        arms: Vec<String>,
    },
    /// Another version of the flow with the live one.
    Version,
    /// A part of a layer that takes part in no other experiment of it, with all other leads of the flow.
    HoldOut,
}

impl Subject {
    /// The node whose arms are compared; none where versions are.
    pub fn node(&self) -> Option<&str> {
        match self {
            Self::Split { node, .. } | Self::Bandit { node, .. } => Some(node),
            Self::Version | Self::HoldOut => None,
        }
    }

    /// The arms; the first is the one that the others are compared with.
    pub fn arms(&self) -> Vec<&str> {
        match self {
            Self::Split { arms, .. } | Self::Bandit { arms, .. } => {
                arms.iter().map(String::as_str).collect()
            }
            Self::Version => vec![LIVE_ARM, CANDIDATE_ARM],
            Self::HoldOut => vec![HELD_ARM, OTHERS_ARM],
        }
    }
}

/// A metric that no arm may harm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guardrail {
    /// The metric.
    pub metric: Metric,
    /// The most that it may be worse than in the first arm, in parts per million of that: 50,000 are 5 %.
    pub worst_ppm: u32,
}

/// What is slow where a plan does not say.
pub const SLOW_MS: u32 = 2_000;

fn slow_ms() -> u32 {
    SLOW_MS
}

/// What an experiment asks, and how its answer is judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// What its author expects, and why.
    pub hypothesis: String,
    /// What is compared.
    pub subject: Subject,
    /// The metric that decides.
    pub primary: Metric,
    /// The smallest change of it that matters, in parts per million of what it is in the first arm.
    pub smallest_effect_ppm: u32,
    /// What no arm may harm.
    #[serde(default)]
    pub guardrails: Vec<Guardrail>,
    /// What is looked at besides; it decides nothing.
    #[serde(default)]
    pub secondary: Vec<Metric>,
    /// Fields of the lead that differences are adjusted by, known before the draw: numbers, and true or false.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub covariates: Vec<String>,
    /// Leads that are on their way for longer are slow, milliseconds.
    #[serde(default = "slow_ms")]
    pub slow_ms: u32,
    /// The field of the lead by which people are known, where versions or a hold-out are compared; none: each lead is drawn by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sticky: Option<String>,
    /// The part of a layer that it has; none: it may have units that are in other experiments too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer: Option<Layer>,
    /// How long after its draw what comes of a lead counts, in hours; leads younger than that do not count yet.
    pub window_hours: u32,
    /// How sure a statement has to be, in parts per million: 950,000 are 95 %.
    pub confidence_ppm: u32,
}

impl Plan {
    /// Everything that is wrong with it, whatever the flow is.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = self.arm_problems();
        let ranges = [
            (
                "smallest_effect_ppm",
                self.smallest_effect_ppm,
                1_000..=1_000_000,
            ),
            ("window_hours", self.window_hours, 0..=WINDOW_HOURS_MAX),
            ("confidence_ppm", self.confidence_ppm, 800_000..=999_000),
            ("slow_ms", self.slow_ms, 1..=86_400_000),
        ];
        for (path, value, range) in ranges {
            if !range.contains(&value) {
                let message = format!("{value} is not within {} to {}", range.start(), range.end());
                problems.push(Problem::new("out_of_range", path, message));
            }
        }
        for (idx, guardrail) in self.guardrails.iter().enumerate() {
            if guardrail.worst_ppm > 1_000_000 {
                let path = format!("guardrails[{idx}].worst_ppm");
                let message = format!("{} is not within 0 to 1000000", guardrail.worst_ppm);
                problems.push(Problem::new("out_of_range", path, message));
            }
        }
        problems.extend(self.metric_problems());
        problems.extend(self.covariate_problems());
        problems.extend(self.layer.iter().flat_map(Layer::problems));
        if self.subject == Subject::HoldOut && self.layer.is_none() {
            let message = "a hold-out is a part of a layer";
            let problem = Problem::new("required", "layer", message);
            problems.push(problem.hint("name the layer whose experiments it takes no part in"));
        }
        if self.subject.node().is_some() && self.sticky.is_some() {
            let message = "arms of a node are drawn as the flow says";
            let problem = Problem::new("no_candidate", "sticky", message);
            problems.push(problem.hint("name the field in the node of the flow instead"));
        }
        problems
    }

    fn covariate_problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.covariates.len() > COVARIATES_MAX {
            let message = format!(
                "{} covariates are more than {COVARIATES_MAX}",
                self.covariates.len()
            );
            problems.push(Problem::new("out_of_range", "covariates", message));
        }
        let mut seen = BTreeSet::new();
        for (idx, name) in self.covariates.iter().enumerate() {
            if !seen.insert(name) {
                let message = format!("covariate `{name}` is named twice");
                let path = format!("covariates[{idx}]");
                problems.push(Problem::new("duplicate", path, message));
            }
        }
        if matches!(self.subject, Subject::Bandit { .. }) && !self.covariates.is_empty() {
            let message = "arms of a bandit are compared by the probabilities of their draws, and not adjusted";
            let problem = Problem::new("not_adjustable", "covariates", message);
            problems.push(problem.hint("leave the covariates out"));
        }
        problems
    }

    fn arm_problems(&self) -> Vec<Problem> {
        let (Subject::Split { arms, .. } | Subject::Bandit { arms, .. }) = &self.subject else {
            return Vec::new();
        };
        let mut problems = Vec::new();
        if !(2..=ARMS_MAX).contains(&arms.len()) {
            let message = format!("{} arms cannot be compared", arms.len());
            let problem = Problem::new("out_of_range", "arms", message);
            problems.push(problem.hint(format!("name 2 to {ARMS_MAX} arms of the node")));
        }
        let mut seen = BTreeSet::new();
        for (idx, arm) in arms.iter().enumerate() {
            if !seen.insert(arm) {
                let message = format!("arm `{arm}` is named twice");
                problems.push(Problem::new("duplicate", format!("arms[{idx}]"), message));
            }
        }
        problems
    }

    fn metric_problems(&self) -> Vec<Problem> {
        let guarded = self.guardrails.iter().map(|it| it.metric);
        let lists: [(&str, Vec<Metric>); 2] = [
            ("guardrails", guarded.collect()),
            ("secondary", self.secondary.clone()),
        ];
        let mut problems = Vec::new();
        for (path, metrics) in lists {
            let distinct: BTreeSet<Metric> = metrics.iter().copied().collect();
            if distinct.len() < metrics.len() {
                let message = "a metric is named twice";
                problems.push(Problem::new("duplicate", path, message));
            }
            if metrics.len() > METRICS_MAX {
                let message = format!("{} metrics are more than {METRICS_MAX}", metrics.len());
                problems.push(Problem::new("out_of_range", path, message));
            }
        }
        problems
    }

    /// The share of statements that may be wrong, such as 0.05.
    pub fn alpha(&self) -> f64 {
        1.0 - f64::from(self.confidence_ppm) / 1e6
    }

    /// The smallest change that matters, as a share.
    pub fn smallest_effect(&self) -> f64 {
        f64::from(self.smallest_effect_ppm) / 1e6
    }

    /// The window in microseconds.
    pub fn window_micros(&self) -> i64 {
        i64::from(self.window_hours) * 3_600_000_000
    }

    /// The metrics that it looks at, the primary one first, each once.
    pub fn metrics(&self) -> Vec<Metric> {
        let mut metrics = vec![self.primary];
        let guarded = self.guardrails.iter().map(|it| it.metric);
        for metric in guarded.chain(self.secondary.iter().copied()) {
            if !metrics.contains(&metric) {
                metrics.push(metric);
            }
        }
        metrics
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(crate) fn plan() -> Plan {
        Plan {
            hypothesis: "zenith pays more".to_owned(),
            subject: Subject::Split {
                node: "ab".to_owned(),
                arms: vec!["acme".to_owned(), "zenith".to_owned()],
            },
            primary: Metric::Revenue,
            smallest_effect_ppm: 50_000,
            guardrails: vec![Guardrail {
                metric: Metric::AcceptRate,
                worst_ppm: 100_000,
            }],
            secondary: vec![Metric::ConversionRate],
            covariates: vec!["age".to_owned()],
            slow_ms: SLOW_MS,
            sticky: None,
            layer: None,
            window_hours: 0,
            confidence_ppm: 950_000,
        }
    }

    #[test]
    fn a_good_plan_has_no_problem_and_is_read_back_as_written() {
        let plan = plan();
        assert_eq!(plan.problems(), []);
        let text = serde_json::to_string(&plan).unwrap();
        assert_eq!(serde_json::from_str::<Plan>(&text).unwrap(), plan);
        assert_eq!(
            plan.metrics(),
            [Metric::Revenue, Metric::AcceptRate, Metric::ConversionRate]
        );
    }

    #[test]
    fn all_problems_are_told_at_once() {
        let plan = Plan {
            subject: Subject::Split {
                node: "ab".to_owned(),
                arms: vec!["acme".to_owned(); 11],
            },
            smallest_effect_ppm: 0,
            window_hours: 9_999,
            confidence_ppm: 1_000_000,
            secondary: vec![Metric::Revenue, Metric::Revenue],
            covariates: vec!["age".to_owned(); 5],
            slow_ms: 0,
            sticky: Some("email".to_owned()),
            layer: Some(Layer {
                name: "checkout".to_owned(),
                share_ppm: 0,
                stretches: Vec::new(),
            }),
            ..plan()
        };
        let codes: Vec<String> = plan.problems().into_iter().map(|it| it.path).collect();
        for path in [
            "arms",
            "arms[1]",
            "smallest_effect_ppm",
            "window_hours",
            "confidence_ppm",
            "secondary",
            "covariates",
            "covariates[4]",
            "sticky",
            "layer.share_ppm",
            "slow_ms",
        ] {
            assert!(codes.iter().any(|code| code == path), "{path}: {codes:?}");
        }
    }
}
