//! From a document to a program, or to the list of all that keeps it from being one.

use crate::{Catalog, Diagnostic, Document, Program};

/// A program and what is odd about it.
#[derive(Debug, Clone)]
pub struct Checked {
    /// What runs.
    pub program: Program,
    /// Findings that do not keep it from running.
    pub warnings: Vec<Diagnostic>,
}

/// Checks a flow against a catalog and compiles it. The only way to a [`Program`].
///
/// # Errors
///
/// Every mistake at once, in a fixed order, with the warnings among them; at least one has
/// [`crate::Severity::Error`].
pub fn check(document: &Document, catalog: &Catalog) -> Result<Checked, Vec<Diagnostic>> {
    let _ = (document, catalog);
    unimplemented!("next commit")
}
