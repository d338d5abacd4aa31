//! What a replay found: for programs as JSON, for people as text and as a page.

use serde::Serialize;

use crate::{
    assumed::Assumed,
    curve::Sweep,
    estimate::{Difference, Estimate},
    histogram::Histogram,
    maturity::Matured,
    rules::ColdRule,
    stateful::StatefulReport,
    transitions::MoneyMoves,
    unsupported::UnsupportedDestination,
    verdict::Verdict,
};

mod html;
mod moves;
mod page;
mod stateful;
mod sweep;
mod text;

pub use html::render_html;
pub use page::page;
pub use text::render_text;

/// What one run found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Name of the run.
    pub run: String,
    /// What rewards are counted in; every value is in these units a lead.
    pub unit: String,
    /// Offers in the log.
    pub n_offers: u64,
    /// Clusters that the standard errors are taken over; none if leads count as independent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n_clusters: Option<u64>,
    /// Leads younger than the attribution window, which are left out; none if all outcomes are in the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub immature_leads: Option<u64>,
    /// Which leads and payments were counted; none if all outcomes are in the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maturity: Option<Matured>,
    /// The value of the candidate.
    pub candidate: Estimate,
    /// The value of the baseline.
    pub baseline: Estimate,
    /// Candidate minus baseline.
    pub difference: Difference,
    /// What a log without propensities says under an assumption; only for such logs, which say nothing else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assumed: Option<Assumed>,
    /// The loss that does not matter, in units of reward a lead.
    pub tolerance: f64,
    /// Money against a parameter of the candidate, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sweep: Option<Sweep>,
    /// What a replay in the order of time comes to, where one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stateful: Option<StatefulReport>,
    /// What to do, and why.
    pub verdict: Verdict,
    /// What would make it decidable, where it is not.
    pub decidable: Vec<String>,
    /// Where the candidate would send leads that the log says nothing about.
    pub unsupported_destinations: Vec<UnsupportedDestination>,
    /// Where leads go first under the baseline and under the candidate, with the money; none where the log does not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moves: Option<MoneyMoves>,
    /// Rules of the candidate that no lead came to.
    pub cold_rules: Vec<ColdRule>,
    /// How the candidate's weights are spread.
    pub weight_histogram: Histogram,
    /// What the reader should know.
    pub warnings: Vec<String>,
}

/// The reports as JSON: one as an object, several as a list. What is not a number is `null`.
pub fn to_json(reports: &[Report]) -> serde_json::Value {
    // Plain numbers and texts: this cannot fail.
    match reports {
        [report] => serde_json::to_value(report).unwrap_or_default(),
        reports => serde_json::to_value(reports).unwrap_or_default(),
    }
}
