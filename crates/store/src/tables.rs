//! One file a table: its row, and every query that starts from it.

pub(crate) mod accepted_clock;
pub(crate) mod allocation;
pub(crate) mod allocation_entry;
pub(crate) mod attempt;
pub(crate) mod catalog;
pub(crate) mod commit_log;
pub(crate) mod console_session;
pub(crate) mod conversion;
pub(crate) mod decision;
pub(crate) mod decision_step;
pub(crate) mod delivery;
pub(crate) mod destination;
pub(crate) mod flow;
pub(crate) mod flow_version;
pub(crate) mod installation;
pub(crate) mod job;
pub(crate) mod lead;
pub(crate) mod lead_schema;
pub(crate) mod lease;
pub(crate) mod parked_postback;
pub(crate) mod refused_command;
pub(crate) mod restatement;
pub(crate) mod snapshot;
pub(crate) mod stage;
pub(crate) mod stage_move;
pub(crate) mod token;
