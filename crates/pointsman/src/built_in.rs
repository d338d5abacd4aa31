//! Flows that come with the binary.

use pointsman_flow::Document;
use pointsman_lead::Schema;

/// A flow that comes with the binary.
#[derive(Debug, Clone)]
pub(crate) struct BuiltIn {
    pub(crate) document: Document,
    pub(crate) schema: Schema,
}
