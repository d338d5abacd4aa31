//! Why a lead went where it went, and why not elsewhere: a stored decision run again with its eyes open.

use std::collections::BTreeMap;

use pointsman_bandit::Posterior;
use pointsman_flow::{Mask, Op};
use pointsman_lead::{Fields, Timestamp};
use pointsman_router::{Closed, Context, Ledger, Subject};
use pointsman_store::{DecisionRow, DecisionStepRow};
use serde::Serialize;

use crate::{OutlookRecord, Platform, TraceRecord, library::Library, platform::Error, rotation};

mod rotations;

pub use rotations::{RotationExplanation, TurnExplanation};

/// Everything that led to a decision.
#[derive(Debug, Clone, Serialize)]
pub struct Explanation {
    /// Which decision.
    pub decision_id: String,
    /// Its steps, in order.
    pub steps: Vec<StepExplanation>,
    /// The bandits that this lead could meet, with the weights that it would be drawn by.
    pub bandits: Vec<BanditExplanation>,
}

/// One step, and what every destination had to do with it.
#[derive(Debug, Clone, Serialize)]
pub struct StepExplanation {
    /// Its number, from 0.
    pub n: i64,
    /// When it was taken.
    pub at: Timestamp,
    /// The choices made.
    pub path: Vec<TraceRecord>,
    /// Each rotation of the flow; empty where no order mattered.
    pub rotations: Vec<RotationExplanation>,
    /// Each destination of the flow, by name.
    pub candidates: Vec<Candidate>,
}

/// What one destination had to do with one step.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Candidate {
    /// Its name.
    pub destination: String,
    /// Why it was offered the lead or not.
    pub why: Why,
    /// Probability that it was next.
    pub probability: f64,
    /// The rest of the story, in words.
    pub detail: String,
}

/// Why a destination was offered a lead or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// It was offered the lead.
    Offered,
    /// It had been offered the lead before.
    AlreadyOffered,
    /// Its settings say that it takes nothing.
    Inactive,
    /// Its schedule was closed.
    Schedule,
    /// A cap was used up, or it rested after failures.
    CapOrBreaker,
    /// The lead does not meet its criteria.
    Criteria,
    /// The walk did not come to it.
    NotReached,
    /// It could have been drawn, and another was.
    NotDrawn,
}

/// A bandit as this lead saw it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BanditExplanation {
    /// Name of the node.
    pub node: String,
    /// The segment of the lead.
    pub segment: String,
    /// The book that the lead was decided by.
    pub epoch: u64,
    /// Arm and weight in ppm, as declared.
    pub weights: Vec<(String, u32)>,
    /// What was believed of the arms when these weights were made; empty for weights of the prior.
    pub posteriors: BTreeMap<String, Posterior>,
}

impl Platform {
    /// Explains a stored decision; `None` if there is none of this id.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], and [`Error::Stored`] for rows that this release cannot read.
    pub async fn explain(&self, decision_id: &str) -> Result<Option<Explanation>, Error> {
        let read = self.inner.store.read();
        let Some(decision) = read.find_decision(decision_id).await? else {
            return Ok(None);
        };
        let unreadable = || Error::Stored {
            what: format!("decision {decision_id}"),
        };
        let lead = read
            .find_lead(&decision.lead_id)
            .await?
            .ok_or_else(unreadable)?;
        let mut library = Library::default();
        let program = library
            .program(&read, &decision.version_hash, &decision.catalog_hash)
            .await?;
        let book = library.book(&read, decision.epoch).await?;
        let fields = serde_json::from_str(&lead.fields_body).map_err(|_| unreadable())?;
        let fields = Fields::from_stored(program.schema(), &fields).map_err(|_| unreadable())?;
        let subject = Subject::new(&program, &book, &fields, &decision.unit_key);
        let context = Context {
            program: &program,
            subject: &subject,
        };
        let mut steps = read
            .steps_of_decisions(std::slice::from_ref(&decision.id))
            .await?;
        steps.sort_by_key(|step| step.n);
        let mut offered = Vec::new();
        let mut explained = Vec::new();
        for step in &steps {
            explained.push(explain_step(context, step, &offered).ok_or_else(unreadable)?);
            offered.extend(step.destination.clone());
        }
        Ok(Some(Explanation {
            decision_id: decision.id.clone(),
            steps: explained,
            bandits: self.bandits_of(context, &decision).await?,
        }))
    }

    async fn bandits_of(
        &self,
        context: Context<'_>,
        decision: &DecisionRow,
    ) -> Result<Vec<BanditExplanation>, Error> {
        let rows = self.inner.store.read().book_at(decision.epoch).await?;
        let mut bandits = Vec::new();
        for (node, op) in context.program.nodes() {
            let (Op::Bandit { arms, .. }, Some(segment)) = (op, context.subject.segment(node))
            else {
                continue;
            };
            let name = context.program.node_name(node);
            let origin = context.program.origin(node);
            let row = rows.iter().find(|row| {
                row.flow == origin.flow && row.node == origin.node && row.segment == segment
            });
            let weights = context.subject.weights(node, op);
            bandits.push(BanditExplanation {
                node: name.to_owned(),
                segment: segment.to_owned(),
                epoch: u64::try_from(decision.epoch).unwrap_or_default(),
                weights: arms
                    .iter()
                    .map(|arm| arm.name.clone())
                    .zip(weights.iter().copied())
                    .collect(),
                posteriors: row
                    .and_then(|row| serde_json::from_str(&row.posterior_body).ok())
                    .unwrap_or_default(),
            });
        }
        Ok(bandits)
    }
}

/// Explains a step; `None` if its mask or its rotations cannot be read.
fn explain_step(
    context: Context<'_>,
    step: &DecisionStepRow,
    offered: &[String],
) -> Option<StepExplanation> {
    let program = context.program;
    let n_destinations = u16::try_from(program.destinations().len()).unwrap_or(u16::MAX);
    let free = Mask::from_hex(n_destinations, &step.availability).ok()?;
    let outlook: OutlookRecord = serde_json::from_str(&step.outlook_body).unwrap_or_default();
    let at = Timestamp(step.at);
    let mut candidates = Vec::new();
    for destination in program.destinations() {
        let idx = program.destination_idx(&destination.name)?;
        let probability = outlook
            .offers
            .iter()
            .find(|(name, _)| *name == destination.name)
            .map_or(0.0, |(_, p)| *p);
        // Schedules and switches follow from the settings; what caps and breakers stood at, only the mask knows.
        let closed = Ledger::new().closed(&destination.name, &destination.settings, at);
        let why = if step.destination.as_deref() == Some(&destination.name) {
            Why::Offered
        } else if offered.contains(&destination.name) {
            Why::AlreadyOffered
        } else {
            match closed {
                Some(Closed::Inactive) => Why::Inactive,
                Some(Closed::Schedule) => Why::Schedule,
                _ if !free.get(idx) => Why::CapOrBreaker,
                _ if !context.subject.criteria().get(idx) => Why::Criteria,
                _ if probability > 0.0 => Why::NotDrawn,
                _ => Why::NotReached,
            }
        };
        candidates.push(Candidate {
            detail: detail(why, probability, destination.settings.criteria.as_deref()),
            destination: destination.name.clone(),
            why,
            probability,
        });
    }
    let path = serde_json::from_str(&step.trace_body).unwrap_or_default();
    Some(StepExplanation {
        n: step.n,
        at,
        path,
        rotations: rotations::explained(program, rotation::rotations_of(step)?, at),
        candidates,
    })
}

fn detail(why: Why, probability: f64, criteria: Option<&str>) -> String {
    match why {
        Why::Offered => format!("offered, with probability {probability:.6}"),
        Why::AlreadyOffered => "offered at an earlier step".to_owned(),
        Why::Inactive => "switched off".to_owned(),
        Why::Schedule => "outside its opening hours".to_owned(),
        Why::CapOrBreaker => "a cap was used up, or it rested after failures".to_owned(),
        Why::Criteria => format!("the lead does not meet `{}`", criteria.unwrap_or_default()),
        Why::NotReached => "the rules led elsewhere, or somebody came before it".to_owned(),
        Why::NotDrawn => format!("another was drawn; its chance was {probability:.6}"),
    }
}
