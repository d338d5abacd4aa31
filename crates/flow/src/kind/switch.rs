//! The kind `switch`: a port by the value of one field.

use super::{DescribeNode, PartText, Shape, form, part, port, shortened, words};
use crate::{
    Case, Catalog, Document, SwitchNode,
    check::{CheckNode, Scope, rules},
    document::{NodeParts, Part, ReadNode, Reader, Reads, numbered, otherwise},
    hash::Encoder,
    lower::{Assembly, LowerNode},
    program::Op,
    typed_flow::Rule,
};

impl ReadNode for SwitchNode {
    const MEMBERS: &'static [&'static str] = &["kind", "on", "cases", "otherwise"];

    fn read(reader: &mut Reader) -> Option<Self> {
        let on = reader.required("on");
        let cases = reader.list("cases", |reader, part, value| {
            reader.object(part, value, &["in", "to"], |case| {
                let (values, to) = (case.plain_list("in"), case.required("to"));
                Some(Case {
                    values: values?,
                    to: to?,
                })
            })
        });
        let otherwise = reader.required("otherwise");
        Some(Self {
            on: on?,
            cases: cases?,
            otherwise: otherwise?,
        })
    }
}

impl NodeParts for SwitchNode {
    fn ports(&self) -> Vec<Part<'_>> {
        let mut ports = numbered("cases", ".to", self.cases.iter().map(|case| &case.to));
        ports.push(otherwise(&self.otherwise));
        ports
    }

    fn ports_mut(&mut self) -> Vec<&mut String> {
        let cases = self.cases.iter_mut().map(|case| &mut case.to);
        cases.chain([&mut self.otherwise]).collect()
    }

    fn has_otherwise(&self) -> bool {
        true
    }

    fn reads(&self) -> Reads<'_> {
        Reads {
            subjects: vec![("on".to_owned(), &self.on)],
            ..Reads::default()
        }
    }
}

impl DescribeNode for SwitchNode {
    fn encode(&self, _name: &str, _document: &Document, encoder: &mut Encoder) {
        encoder.text(&self.on);
        encoder.list(self.cases.len());
        for case in &self.cases {
            form::set(encoder, &case.values);
        }
    }

    fn shape(&self) -> Shape {
        Shape::Rule
    }

    fn said(&self) -> String {
        self.on.clone()
    }

    fn arrows(&self, _document: &Document) -> Vec<(String, String)> {
        let cases = self.cases.iter().map(|case| {
            let values: Vec<String> = case.values.iter().map(words::literal).collect();
            (shortened(&values.join(", ")), case.to.clone())
        });
        let otherwise = ("otherwise".to_owned(), self.otherwise.clone());
        cases.chain([otherwise]).collect()
    }

    fn parts(&self, _name: &str, _document: &Document) -> Vec<PartText> {
        vec![part("on", &self.on), port("otherwise", &self.otherwise)]
    }

    fn list(&self) -> (&'static str, &'static str) {
        ("cases", "case")
    }

    fn entries(&self, _document: &Document) -> Vec<Vec<PartText>> {
        let case = |case: &Case| vec![part("in", words::set(&case.values)), port("to", &case.to)];
        self.cases.iter().map(case).collect()
    }
}

impl CheckNode for SwitchNode {
    fn check(
        &self,
        _name: &str,
        _document: &Document,
        _catalog: &Catalog,
        scope: &mut Scope<'_>,
    ) -> Option<Rule> {
        rules::switch(&self.on, &self.cases, scope)
    }
}

impl LowerNode for SwitchNode {
    fn op(&self, _name: &str, _assembly: &Assembly<'_>) -> Option<Op> {
        None // Its rule is lowered, and its picker finds the port.
    }
}
