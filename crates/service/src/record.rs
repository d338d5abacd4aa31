//! How choices and probabilities are written down: by name, so that anybody can read them.

use pointsman_bandit::Objective;
use pointsman_flow::{NodeIdx, Op, Origin, Program};
use pointsman_router::{Choice, Context, Outlook, Trace};
use serde::{Deserialize, Serialize};

/// One choice of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceRecord {
    /// Name of the node.
    pub node: String,
    /// Position of the port or arm taken, counted from 0.
    pub choice: u16,
    /// Name of the arm, at a split, bandit or rotation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arm: Option<String>,
    /// What a bandit learns from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bandit: Option<BanditRecord>,
}

/// What is needed to learn from a bandit's draw without its program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BanditRecord {
    /// The segment it was drawn for.
    pub segment: String,
    /// What the bandit is to raise.
    pub maximize: Objective,
    /// Where it was written, if that is a subflow; it learns under these names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<OriginRecord>,
}

/// Flow and node under whose names a bandit of a subflow learns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OriginRecord {
    /// Name of the subflow's own flow.
    pub flow: String,
    /// Name of the node in that flow.
    pub node: String,
}

/// The probabilities of all outcomes of a step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct OutlookRecord {
    /// Destination and probability, by name.
    pub offers: Vec<(String, f64)>,
    /// Probability of being declined.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub declined: f64,
    /// Probability that nothing was left.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unsold: f64,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde's signature; exactly nothing"
)]
fn is_zero(probability: &f64) -> bool {
    *probability == 0.0
}

/// Writes the choices of a step down by name.
pub(crate) fn trace(context: Context<'_>, trace: &Trace) -> Vec<TraceRecord> {
    trace
        .iter()
        .map(|&Choice(node, choice)| {
            let (arm, bandit) = match context.program.node(node) {
                Op::Split { arms, .. } | Op::Rotate { arms, .. } => {
                    (arms.get(usize::from(choice)), None)
                }
                Op::Bandit { arms, maximize, .. } => {
                    let segment = context.subject.segment(node).unwrap_or_default().to_owned();
                    (
                        arms.get(usize::from(choice)),
                        Some(BanditRecord {
                            segment,
                            maximize: objective(*maximize),
                            origin: origin(context.program, node),
                        }),
                    )
                }
                _ => (None, None),
            };
            TraceRecord {
                node: context.program.node_name(node).to_owned(),
                choice,
                arm: arm.map(|arm| arm.name.clone()),
                bandit,
            }
        })
        .collect()
}

/// The names that a node has where it was written, if they are not those of the program.
fn origin(program: &Program, node: NodeIdx) -> Option<OriginRecord> {
    let Origin { flow, node: name } = program.origin(node);
    let differs = flow != program.flow() || name != program.node_name(node);
    differs.then(|| OriginRecord {
        flow: flow.to_owned(),
        node: name.to_owned(),
    })
}

/// The document's word as the learner's.
pub(crate) fn objective(maximize: pointsman_flow::Objective) -> Objective {
    match maximize {
        pointsman_flow::Objective::NetRevenue => Objective::NetRevenue,
        pointsman_flow::Objective::Conversions => Objective::Conversions,
        pointsman_flow::Objective::Accepted => Objective::Accepted,
    }
}

/// Writes the probabilities of a step down by name.
pub(crate) fn outlook(program: &Program, outlook: &Outlook) -> OutlookRecord {
    let name = |idx: usize| program.destinations()[idx].name.clone();
    OutlookRecord {
        offers: outlook
            .offers
            .iter()
            .map(|(idx, probability)| (name(usize::from(idx.0)), *probability))
            .collect(),
        declined: outlook.declined,
        unsold: outlook.unsold,
    }
}
