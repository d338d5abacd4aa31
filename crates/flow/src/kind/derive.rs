//! The kind `derive`: a number that is computed.

use super::{DescribeNode, PartText, Shape, form, part, words};
use crate::{
    Catalog, DeriveNode, Document,
    check::{CheckNode, Scope, derive},
    document::{NodeParts, NodeValue, Part, ReadNode, Reader, Reads, literal_or_missing},
    hash::Encoder,
    lower::{Assembly, LowerNode},
    program::Op,
    typed_flow::Rule,
};

impl ReadNode for DeriveNode {
    const MEMBERS: &'static [&'static str] = &["kind", "value", "default", "scale"];

    fn read(reader: &mut Reader) -> Option<Self> {
        let value = reader.required("value");
        let default = if let Some(default) = reader.take("default") {
            reader.parse_with("default", default, literal_or_missing)
        } else {
            let message = "`default` is missing".to_owned();
            let hint = "write what stands in for a missing input, an overflow or a division by zero, or null";
            reader.report("missing_member", "default", message, Some(hint.to_owned()));
            None
        };
        let scale = reader.optional("scale");
        Some(Self {
            value: value?,
            default: default?,
            scale,
        })
    }
}

impl NodeParts for DeriveNode {
    fn ports(&self) -> Vec<Part<'_>> {
        Vec::new()
    }

    fn ports_mut(&mut self) -> Vec<&mut String> {
        Vec::new()
    }

    fn reads(&self) -> Reads<'_> {
        Reads {
            value: Some(&self.value),
            ..Reads::default()
        }
    }

    fn value(&self) -> Option<NodeValue> {
        Some(NodeValue {
            noun: "derived value",
            plural: "values",
            code_of_port: "port_to_derive",
        })
    }
}

impl DescribeNode for DeriveNode {
    fn encode(&self, _name: &str, _document: &Document, encoder: &mut Encoder) {
        form::arithmetic(encoder, &self.value);
        form::optional(encoder, self.default.as_ref(), form::literal);
        let scale = self.scale.map(i64::from);
        form::optional(encoder, scale.as_ref(), |encoder, scale| {
            encoder.integer(*scale);
        });
    }

    fn shape(&self) -> Shape {
        Shape::Value
    }

    fn said(&self) -> String {
        self.value.clone()
    }

    fn parts(&self, _name: &str, _document: &Document) -> Vec<PartText> {
        let default = self
            .default
            .as_ref()
            .map_or("missing".to_owned(), words::literal);
        let mut parts = vec![
            part("value", words::arithmetic(&self.value)),
            part("default", default),
        ];
        parts.extend(self.scale.map(|scale| part("scale", scale.to_string())));
        parts
    }
}

impl CheckNode for DeriveNode {
    fn check(
        &self,
        name: &str,
        _document: &Document,
        _catalog: &Catalog,
        scope: &mut Scope<'_>,
    ) -> Option<Rule> {
        derive::derive(name, &self.value, self.default.as_ref(), self.scale, scope);
        None
    }
}

impl LowerNode for DeriveNode {
    fn op(&self, _name: &str, _assembly: &Assembly<'_>) -> Option<Op> {
        None // It is no step.
    }
}
