//! Flows as policies, under one catalog.

use pointsman_flow::{Catalog, Document};
use pointsman_lead::Schema;

use super::sources::{Faulty, Sources, plain_catalog};
use crate::policy::{Allocations, Policy};

/// What the flows of a run are checked against.
pub(super) struct Policies<'a> {
    /// The catalog that the scenario names, if it does; its mistakes are among the problems.
    pub(super) catalog: Result<Option<&'a Catalog>, Faulty>,
    pub(super) schema: &'a Schema,
    pub(super) allocations: &'a Allocations,
}

impl Policies<'_> {
    /// The policy of a document; none, with problems, for one with mistakes.
    ///
    /// * `document`: none for what was done at the time.
    /// * `warnings`: gets oddities of the flow.
    pub(super) fn of(
        &self,
        key: &str,
        document: Option<&Document>,
        sources: &mut Sources<'_>,
        warnings: &mut Vec<String>,
    ) -> Option<Policy> {
        let plain;
        let catalog = match (self.catalog.ok()?, document) {
            (Some(catalog), _) => catalog,
            (None, Some(document)) => {
                plain = plain_catalog(document, self.schema);
                &plain
            }
            (None, None) => return Some(Policy::Logged),
        };
        sources.policy(key, document, catalog, self.allocations, warnings)
    }
}
