//! The object types of the schema.

pub(super) mod about;
pub(super) mod allocation;
pub(super) mod bandit_weights;
pub(super) mod bid;
pub(super) mod conversion;
pub(super) mod decision;
pub(super) mod delivery;
pub(super) mod destination;
pub(super) mod diagnostic;
pub(super) mod experiment;
pub(super) mod explanation;
pub(super) mod flow;
pub(super) mod flow_diff;
pub(super) mod flow_moves;
pub(super) mod flow_node;
pub(super) mod flow_version;
pub(super) mod lead;
pub(super) mod lead_schema;
pub(super) mod parked_postback;
pub(super) mod refused_command;
pub(super) mod restatement;
pub(super) mod server;
pub(super) mod simulation;
pub(super) mod stage;
pub(super) mod token;
pub(super) mod viewer;
