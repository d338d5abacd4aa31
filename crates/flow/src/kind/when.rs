//! The kind `when`: one of two ports, by a predicate.

use super::{DescribeNode, PartText, Shape, form, part, port, words};
use crate::{
    Catalog, Document, WhenNode,
    check::{CheckNode, Scope, predicate::formula},
    document::{NodeParts, Part, ReadNode, Reader, Reads, otherwise},
    hash::Encoder,
    lower::{Assembly, LowerNode},
    program::Op,
    typed_flow::Rule,
};

impl ReadNode for WhenNode {
    const MEMBERS: &'static [&'static str] = &["kind", "if", "then", "otherwise"];

    fn read(reader: &mut Reader) -> Option<Self> {
        let condition = reader.required("if");
        let (then, otherwise) = (reader.required("then"), reader.required("otherwise"));
        Some(Self {
            condition: condition?,
            then: then?,
            otherwise: otherwise?,
        })
    }
}

impl NodeParts for WhenNode {
    fn ports(&self) -> Vec<Part<'_>> {
        vec![("then".to_owned(), &self.then), otherwise(&self.otherwise)]
    }

    fn ports_mut(&mut self) -> Vec<&mut String> {
        vec![&mut self.then, &mut self.otherwise]
    }

    fn has_otherwise(&self) -> bool {
        true
    }

    fn reads(&self) -> Reads<'_> {
        Reads {
            predicates: vec![("if".to_owned(), &self.condition)],
            ..Reads::default()
        }
    }
}

impl DescribeNode for WhenNode {
    fn encode(&self, _name: &str, _document: &Document, encoder: &mut Encoder) {
        form::predicate(encoder, &self.condition);
    }

    fn shape(&self) -> Shape {
        Shape::Rule
    }

    fn said(&self) -> String {
        self.condition.clone()
    }

    fn arrows(&self, _document: &Document) -> Vec<(String, String)> {
        vec![
            ("yes".to_owned(), self.then.clone()),
            ("no".to_owned(), self.otherwise.clone()),
        ]
    }

    fn parts(&self, _name: &str, _document: &Document) -> Vec<PartText> {
        vec![
            part("if", words::predicate(&self.condition)),
            port("then", &self.then),
            port("otherwise", &self.otherwise),
        ]
    }
}

impl CheckNode for WhenNode {
    fn check(
        &self,
        _name: &str,
        _document: &Document,
        _catalog: &Catalog,
        scope: &mut Scope<'_>,
    ) -> Option<Rule> {
        if self.then == self.otherwise {
            let message = format!("both ports lead to `{}`", self.then);
            scope.warn("pointless", "otherwise", None, message);
        }
        formula(scope, "if", &self.condition).map(Rule::When)
    }
}

impl LowerNode for WhenNode {
    fn op(&self, _name: &str, _assembly: &Assembly<'_>) -> Option<Op> {
        None // Its rule is lowered, and its picker finds the port.
    }
}
