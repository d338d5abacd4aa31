//! The choices of a step by name, with what is needed to learn from them.

use pointsman_bandit::Objective;
use pointsman_flow::{NodeIdx, Origin, Program};
use serde::{Deserialize, Serialize};

use super::specs::objective;
use crate::{Choice, Context, Trace};

/// One choice of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceRecord {
    /// Name of the node.
    pub node: String,
    /// Position of the port or arm taken, counted from 0.
    pub choice: u16,
    /// Name of the arm, at a split, bandit or rotation; of the bidder, at an auction.
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

/// Writes the choices of a step down by name.
pub fn trace(context: Context<'_>, trace: &Trace) -> Vec<TraceRecord> {
    let program = context.program;
    let record = |&Choice(node, choice): &Choice| {
        let bandit = program.node(node).bandit().map(|learning| BanditRecord {
            segment: context.subject.segment(node).unwrap_or_default().to_owned(),
            maximize: objective(learning.maximize),
            origin: origin(program, node),
        });
        TraceRecord {
            node: program.node_name(node).to_owned(),
            choice,
            arm: program.choice_name(node, choice).map(str::to_owned),
            bandit,
        }
    };
    trace.iter().map(record).collect()
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
