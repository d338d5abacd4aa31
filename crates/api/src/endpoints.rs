//! The HTTP endpoints without GraphQL.

pub(crate) mod body;
pub(crate) mod drafts;
pub(crate) mod health;
pub(crate) mod leads;
pub(crate) mod lines;
pub(crate) mod named_lists;
pub(crate) mod postbacks;
pub(crate) mod sent_payload;
pub(crate) mod session;
pub(crate) mod sources;

mod lead_body;
mod segment;
