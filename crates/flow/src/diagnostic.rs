//! What is wrong with a flow: all of it, each with a place and a way out.

mod render;

use serde::Serialize;

/// One finding about a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// Stable name of the kind of finding, in snake case.
    pub code: &'static str,
    /// Whether it keeps the flow from running.
    pub severity: Severity,
    /// Where it is.
    pub place: Place,
    /// What is wrong, in the user's words.
    pub message: String,
    /// What would put it right, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Fields of a lead that shows the problem, where that helps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub example: Option<serde_json::Value>,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The flow cannot run.
    Error,
    /// The flow can run, but probably not as meant.
    Warning,
}

/// Where in a document or its catalog something is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize)]
pub struct Place {
    /// Name of the node, if it is in one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// Name of the destination of the catalog, if it is in one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination: Option<String>,
    /// Which part of it, such as `if` or `rows[3].cells[1]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// From and to, in bytes of that part's text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub span: Option<(usize, usize)>,
}

impl Place {
    /// A place in a node.
    pub fn node(name: &str) -> Self {
        Self {
            node: Some(name.to_owned()),
            ..Self::default()
        }
    }

    /// A place in a destination of the catalog.
    pub fn destination(name: &str) -> Self {
        Self {
            destination: Some(name.to_owned()),
            ..Self::default()
        }
    }

    /// The same place, narrowed to a part.
    #[must_use]
    pub fn part(mut self, part: impl Into<String>) -> Self {
        self.part = Some(part.into());
        self
    }

    /// The same place, narrowed to some bytes of its text.
    #[must_use]
    pub fn span(mut self, span: (usize, usize)) -> Self {
        self.span = Some(span);
        self
    }
}

/// Findings after which warnings are dropped; errors are dropped after twice as many. A document of
/// megabytes may have a mistake in each cell, and nobody reads a million of them.
const MAX_FINDINGS: usize = 1_000;

/// Adds a finding, unless there are more than anyone reads. A dropped one always leaves an error.
pub(crate) fn note(found: &mut Vec<Diagnostic>, finding: Diagnostic) {
    let limit = match finding.severity {
        Severity::Warning => MAX_FINDINGS,
        Severity::Error => 2 * MAX_FINDINGS,
    };
    if found.len() < limit {
        found.push(finding);
    }
}

/// Whether the next finding is still worth the search for what was meant.
pub(crate) fn is_early(found: &[Diagnostic]) -> bool {
    found.len() < MAX_FINDINGS / 10
}

/// Says so if findings may have been dropped.
pub(crate) fn note_more(found: &mut Vec<Diagnostic>) {
    if found.len() >= 2 * MAX_FINDINGS {
        let message = "there is more wrong than is listed here";
        found.push(Diagnostic::error("too_many", Place::default(), message));
    }
}

impl Diagnostic {
    /// A finding that keeps the flow from running.
    pub fn error(code: &'static str, place: Place, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            place,
            message: message.into(),
            hint: None,
            example: None,
        }
    }

    /// A finding that does not keep the flow from running.
    pub fn warning(code: &'static str, place: Place, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, place, message)
        }
    }

    /// The same finding with a way out.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same finding with the fields of a lead that shows it.
    #[must_use]
    pub fn example(mut self, example: serde_json::Value) -> Self {
        self.example = Some(example);
        self
    }
}
