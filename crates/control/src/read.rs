//! What is configured, as others may read it.

mod flow;
mod stage;
mod version;

pub use flow::{Flow, FlowDraft};
pub use stage::{Stage, StageChange};
pub use version::FlowVersion;
