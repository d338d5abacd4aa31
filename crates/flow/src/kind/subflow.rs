//! The kind `subflow`: another flow in the place of a node.

use super::{DescribeNode, PartText, Shape, form, part};
use crate::{
    Catalog, Document, Hash, SubflowNode,
    check::{CheckNode, Scope},
    document::{NodeParts, Part, ReadNode, Reader, Reads},
    hash::Encoder,
    lower::{Assembly, LowerNode},
    program::Op,
    typed_flow::Rule,
};

impl ReadNode for SubflowNode {
    const MEMBERS: &'static [&'static str] = &["kind", "flow", "version"];

    fn read(reader: &mut Reader) -> Option<Self> {
        let (flow, version) = (reader.required("flow"), reader.optional("version"));
        Some(Self {
            flow: flow?,
            version,
        })
    }
}

impl NodeParts for SubflowNode {
    fn ports(&self) -> Vec<Part<'_>> {
        Vec::new()
    }

    fn ports_mut(&mut self) -> Vec<&mut String> {
        Vec::new()
    }

    fn reads(&self) -> Reads<'_> {
        Reads::default()
    }
}

impl DescribeNode for SubflowNode {
    fn encode(&self, _name: &str, _document: &Document, encoder: &mut Encoder) {
        encoder.text(&self.flow);
        form::optional(encoder, self.version.as_ref(), |encoder, version| {
            encoder.hash(*version);
        });
    }

    fn shape(&self) -> Shape {
        Shape::Subflow
    }

    /// Its version is `live`, or the beginning of a hash.
    fn said(&self) -> String {
        let version = self.version.map(|hash| hash.to_string()[..8].to_owned());
        format!("{} {}", self.flow, version.as_deref().unwrap_or("live"))
    }

    fn parts(&self, _name: &str, _document: &Document) -> Vec<PartText> {
        let version = self.version.as_ref().map(Hash::to_string);
        let version = version.unwrap_or_else(|| "live".to_owned());
        vec![part("flow", &self.flow), part("version", version)]
    }
}

impl CheckNode for SubflowNode {
    fn check(
        &self,
        _name: &str,
        _document: &Document,
        _catalog: &Catalog,
        _scope: &mut Scope<'_>,
    ) -> Option<Rule> {
        None // The nodes of that flow stand in its place, and are checked there.
    }
}

impl LowerNode for SubflowNode {
    fn op(&self, _name: &str, _assembly: &Assembly<'_>) -> Option<Op> {
        None // The nodes of that flow stand in its place.
    }
}
