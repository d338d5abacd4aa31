//! An experiment as a file says it.

use std::path::Path;

use anyhow::Context as _;
use pointsman_control::NewExperiment;
use pointsman_experiment::{Guardrail, Layer, Metric, Plan, Subject};
use serde::Deserialize;

/// An experiment to be planned, all but its name.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExperimentFile {
    flow: String,
    #[serde(default)]
    hypothesis: String,
    subject: SubjectTable,
    primary: Metric,
    #[serde(default = "smallest_effect")]
    smallest_effect_ppm: u32,
    #[serde(default)]
    guardrails: Vec<Guardrail>,
    #[serde(default)]
    secondary: Vec<Metric>,
    #[serde(default)]
    covariates: Vec<String>,
    #[serde(default = "slow")]
    slow_ms: u32,
    layer: Option<LayerTable>,
    #[serde(default)]
    window_hours: u32,
    #[serde(default = "confidence")]
    confidence_ppm: u32,
}

/// What is compared.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum SubjectTable {
    Split {
        node: String,
        arms: Vec<String>,
    },
    Bandit {
        node: String,
        arms: Vec<String>,
    },
    Candidate {
        version: String,
        share_ppm: u32,
        sticky: Option<String>,
    },
    HoldOut {
        sticky: Option<String>,
    },
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct LayerTable {
    name: String,
    share_ppm: u32,
}

fn smallest_effect() -> u32 {
    50_000
}

fn slow() -> u32 {
    pointsman_experiment::SLOW_MS
}

fn confidence() -> u32 {
    950_000
}

/// Reads a TOML file.
pub(super) fn read(file: &Path) -> anyhow::Result<ExperimentFile> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("{} cannot be read", file.display()))?;
    toml::from_str(&text).with_context(|| format!("{} is no plan of an experiment", file.display()))
}

impl ExperimentFile {
    pub(super) fn planned(self, name: String, by: String) -> NewExperiment {
        let (subject, candidate, share_ppm, sticky) = match self.subject {
            SubjectTable::Split { node, arms } => (Subject::Split { node, arms }, None, 0, None),
            SubjectTable::Bandit { node, arms } => (Subject::Bandit { node, arms }, None, 0, None),
            SubjectTable::Candidate {
                version,
                share_ppm,
                sticky,
            } => (Subject::Version, Some(version), share_ppm, sticky),
            SubjectTable::HoldOut { sticky } => (Subject::HoldOut, None, 0, sticky),
        };
        NewExperiment {
            name,
            flow: self.flow,
            plan: Plan {
                hypothesis: self.hypothesis,
                subject,
                primary: self.primary,
                smallest_effect_ppm: self.smallest_effect_ppm,
                guardrails: self.guardrails,
                secondary: self.secondary,
                covariates: self.covariates,
                slow_ms: self.slow_ms,
                sticky,
                layer: self.layer.map(|LayerTable { name, share_ppm }| Layer {
                    name,
                    share_ppm,
                    stretches: Vec::new(),
                }),
                window_hours: self.window_hours,
                confidence_ppm: self.confidence_ppm,
            },
            candidate,
            share_ppm,
            by,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_says_what_the_api_takes() {
        let text = r#"
            flow = "solar"
            subject = { bandit = { node = "learned", arms = ["acme", "zenith"] } }
            primary = "revenue"
            guardrails = [{ metric = "accept_rate", worst_ppm = 100000 }]
            layer = { name = "people", share_ppm = 400000 }
        "#;
        let file: ExperimentFile = toml::from_str(text).unwrap();
        let new = file.planned("ab".to_owned(), "ann".to_owned());
        assert_eq!(new.plan.subject.node(), Some("learned"));
        assert_eq!(new.plan.problems(), []);
        assert_eq!(
            (new.plan.confidence_ppm, new.plan.smallest_effect_ppm),
            (950_000, 50_000)
        );
        let text = r#"
            flow = "solar"
            subject = { candidate = { version = "c0ffee", share_ppm = 10000, sticky = "email" } }
            primary = "accept_rate"
            covariates = ["age"]
        "#;
        let file: ExperimentFile = toml::from_str(text).unwrap();
        let new = file.planned("ab".to_owned(), "ann".to_owned());
        assert_eq!(new.candidate.as_deref(), Some("c0ffee"));
        assert_eq!(new.plan.sticky.as_deref(), Some("email"));
        let unknown = text.replace("covariates", "covariate");
        assert!(toml::from_str::<ExperimentFile>(&unknown).is_err());
    }
}
