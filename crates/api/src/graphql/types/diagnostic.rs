//! Findings of the flow checks.

use async_graphql::{Enum, SimpleObject};
use pointsman_flow as flow;

use crate::graphql::scalars::LeadFields;

/// Severity of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "flow::Severity")]
pub(in crate::graphql) enum Severity {
    /// The flow cannot run.
    Error,
    /// The flow can run, but probably not as intended.
    Warning,
}

/// One finding of the flow checks.
#[derive(SimpleObject)]
pub(in crate::graphql) struct Diagnostic {
    /// Stable code of the finding, in snake case.
    code: &'static str,
    /// Whether the finding is an error or a warning.
    severity: Severity,
    /// Name of the node with the finding, if it is about a node.
    node: Option<String>,
    /// Name of the destination with the finding, if it is about a destination.
    destination: Option<String>,
    /// Part of the node or destination, such as `if` or `rows[3].cells[1]`.
    part: Option<String>,
    /// Byte range within the text of that part.
    span: Option<Span>,
    /// The finding in words.
    message: String,
    /// How to mend it, if that is known.
    hint: Option<String>,
    /// Fields of an example lead that shows the problem, where one helps.
    example: Option<LeadFields>,
}

/// A byte range of a text.
#[derive(SimpleObject)]
pub(in crate::graphql) struct Span {
    /// First byte of the range.
    from: usize,
    /// First byte after the range.
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
