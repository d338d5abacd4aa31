//! What the checks say about a flow.

use async_graphql::{Enum, SimpleObject};
use pointsman_flow as flow;

use crate::graphql::scalars::LeadFields;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "flow::Severity")]
pub(in crate::graphql) enum Severity {
    /// The flow cannot run.
    Error,
    /// The flow can run, but probably not as meant.
    Warning,
}

/// One finding about a flow.
#[derive(SimpleObject)]
pub(in crate::graphql) struct Diagnostic {
    /// Stable name of the kind of finding, in snake case.
    code: &'static str,
    /// Whether it keeps the flow from running.
    severity: Severity,
    /// Name of the node, if it is in one.
    node: Option<String>,
    /// Name of the destination, if it is in one.
    destination: Option<String>,
    /// Which part of it, such as `if` or `rows[3].cells[1]`.
    part: Option<String>,
    /// Which bytes of that part's text.
    span: Option<Span>,
    /// What is wrong.
    message: String,
    /// What would put it right, where that is known.
    hint: Option<String>,
    /// Fields of a lead that shows the problem, where that helps.
    example: Option<LeadFields>,
}

/// A piece of a text, in bytes.
#[derive(SimpleObject)]
pub(in crate::graphql) struct Span {
    /// First byte.
    from: usize,
    /// First byte after.
    to: usize,
}

impl From<flow::Diagnostic> for Diagnostic {
    fn from(diagnostic: flow::Diagnostic) -> Self {
        let flow::Diagnostic {
            code,
            severity,
            place,
            message,
            hint,
            example,
        } = diagnostic;
        let flow::Place {
            node,
            destination,
            part,
            span,
        } = place;
        Self {
            code,
            severity: severity.into(),
            node,
            destination,
            part,
            span: span.map(|(from, to)| Span { from, to }),
            message,
            hint,
            example: example.map(LeadFields),
        }
    }
}

/// Findings as they are shown.
pub(in crate::graphql) fn shown(diagnostics: Vec<flow::Diagnostic>) -> Vec<Diagnostic> {
    diagnostics.into_iter().map(Diagnostic::from).collect()
}
