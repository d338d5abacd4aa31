//! The kind `waterfall`: one port after the other.

use std::collections::BTreeMap;

use super::{DescribeNode, PartText, Shape, port};
use crate::{
    Catalog, Document, WaterfallNode,
    check::{CheckNode, Misfit, Scope, arms},
    document::{NodeParts, Part, ReadNode, Reader, Reads, numbered},
    hash::Encoder,
    lower::{Assembly, LowerNode},
    program::Op,
    typed_flow::Rule,
};

impl ReadNode for WaterfallNode {
    const MEMBERS: &'static [&'static str] = &["kind", "to"];

    fn read(reader: &mut Reader) -> Option<Self> {
        let to = reader.plain_list("to");
        Some(Self { to: to? })
    }
}

impl NodeParts for WaterfallNode {
    fn ports(&self) -> Vec<Part<'_>> {
        numbered("to", "", self.to.iter())
    }

    fn ports_mut(&mut self) -> Vec<&mut String> {
        self.to.iter_mut().collect()
    }

    fn reads(&self) -> Reads<'_> {
        Reads::default()
    }
}

impl DescribeNode for WaterfallNode {
    /// It means nothing but its ports.
    fn encode(&self, _name: &str, _document: &Document, _encoder: &mut Encoder) {}

    fn shape(&self) -> Shape {
        Shape::Turns
    }

    fn said(&self) -> String {
        String::new()
    }

    fn arrows(&self, _document: &Document) -> Vec<(String, String)> {
        let ports = self.to.iter().enumerate();
        ports
            .map(|(idx, to)| (format!("{}.", idx + 1), to.clone()))
            .collect()
    }

    fn entries(&self, _document: &Document) -> Vec<Vec<PartText>> {
        self.to.iter().map(|to| vec![port("to", to)]).collect()
    }
}

impl CheckNode for WaterfallNode {
    fn check(
        &self,
        _name: &str,
        _document: &Document,
        _catalog: &Catalog,
        scope: &mut Scope<'_>,
    ) -> Option<Rule> {
        arms::count("to", "ports", self.to.len(), scope);
        let mut seen = BTreeMap::new();
        for (idx, port) in self.to.iter().enumerate() {
            if let Some(before) = seen.insert(port, idx) {
                let message = format!("`{port}` is already port {}", before + 1);
                let misfit = Misfit::new("duplicate_port", message);
                let misfit = misfit.hint("a second try changes nothing");
                scope.report(&format!("to[{idx}]"), None, misfit);
            }
        }
        None
    }
}

impl LowerNode for WaterfallNode {
    fn op(&self, _name: &str, assembly: &Assembly<'_>) -> Option<Op> {
        let to = self.to.iter().map(|to| assembly.position(to));
        Some(Op::Waterfall {
            to: to.collect::<Option<_>>()?,
        })
    }
}
