//! What a node may say, whatever its kind.

use super::scope::Scope;
use crate::{Catalog, Document, Node, document::of_kind, typed_flow::Rule};

/// What a kind of node may say, apart from its ports.
pub(crate) trait CheckNode {
    /// Reports what is wrong with a node, and types what it asks of a lead. A value gets its slot instead.
    ///
    /// * `name`: that of the node.
    fn check(
        &self,
        name: &str,
        document: &Document,
        catalog: &Catalog,
        scope: &mut Scope<'_>,
    ) -> Option<Rule>;
}

/// Checks a node as its kind does.
pub(super) fn check(
    name: &str,
    node: &Node,
    document: &Document,
    catalog: &Catalog,
    scope: &mut Scope<'_>,
) -> Option<Rule> {
    of_kind!(node, said => said.check(name, document, catalog, scope))
}
