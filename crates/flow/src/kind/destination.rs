//! The kind `destination`: offers the lead to somebody.

use super::{DescribeNode, PartText, Shape, part};
use crate::{
    Catalog, DestinationNode, Document,
    check::{CheckNode, Misfit, Scope},
    document::{NodeParts, Part, ReadNode, Reader, Reads},
    hash::Encoder,
    lower::{Assembly, LowerNode},
    program::Op,
    suggest,
    typed_flow::Rule,
};

impl DestinationNode {
    /// * `name`: that of the node, which stands for that of its destination.
    fn name_in_catalog<'a>(&'a self, name: &'a str) -> &'a str {
        self.destination.as_deref().unwrap_or(name)
    }
}

impl ReadNode for DestinationNode {
    const MEMBERS: &'static [&'static str] = &["kind", "destination"];

    fn read(reader: &mut Reader) -> Option<Self> {
        Some(Self {
            destination: reader.optional("destination"),
        })
    }
}

impl NodeParts for DestinationNode {
    fn ports(&self) -> Vec<Part<'_>> {
        Vec::new()
    }

    fn ports_mut(&mut self) -> Vec<&mut String> {
        Vec::new()
    }

    fn reads(&self) -> Reads<'_> {
        Reads::default()
    }

    fn destination<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        Some(self.name_in_catalog(name))
    }
}

impl DescribeNode for DestinationNode {
    fn encode(&self, name: &str, _document: &Document, encoder: &mut Encoder) {
        encoder.text(self.name_in_catalog(name));
    }

    fn shape(&self) -> Shape {
        Shape::Destination
    }

    fn said(&self) -> String {
        self.destination.clone().unwrap_or_default()
    }

    fn parts(&self, name: &str, _document: &Document) -> Vec<PartText> {
        vec![part("destination", self.name_in_catalog(name))]
    }
}

impl CheckNode for DestinationNode {
    fn check(
        &self,
        name: &str,
        _document: &Document,
        catalog: &Catalog,
        scope: &mut Scope<'_>,
    ) -> Option<Rule> {
        let name = self.name_in_catalog(name);
        if !catalog.destinations.contains_key(name) {
            let known = catalog.destinations.keys().map(String::as_str);
            let misfit = Misfit {
                code: "unknown_destination",
                is_borne: false,
                message: format!("there is no destination `{name}`"),
                hint: suggest::hint(name, known),
            };
            scope.report("destination", None, misfit);
        }
        None
    }
}

impl LowerNode for DestinationNode {
    fn op(&self, name: &str, assembly: &Assembly<'_>) -> Option<Op> {
        let destination = assembly.destination(self.name_in_catalog(name))?;
        Some(Op::Destination(destination))
    }
}
