//! The kind `switch`: a port by the value of one field.

use super::{Kind, Part, Shape, form, part, port, shortened, words};
use crate::{Case, Document, hash::Encoder};

pub(super) struct SwitchView<'a> {
    pub(super) on: &'a str,
    pub(super) cases: &'a [Case],
    pub(super) otherwise: &'a str,
}

impl Kind for SwitchView<'_> {
    fn encode(&self, _name: &str, _document: &Document, encoder: &mut Encoder) {
        encoder.text(self.on);
        encoder.list(self.cases.len());
        for case in self.cases {
            form::set(encoder, &case.values);
        }
    }

    fn shape(&self) -> Shape {
        Shape::Rule
    }

    fn said(&self) -> String {
        self.on.to_owned()
    }

    fn arrows(&self, _document: &Document) -> Vec<(String, String)> {
        let cases = self.cases.iter().map(|case| {
            let values: Vec<String> = case.values.iter().map(words::literal).collect();
            (shortened(&values.join(", ")), case.to.clone())
        });
        let otherwise = ("otherwise".to_owned(), self.otherwise.to_owned());
        cases.chain([otherwise]).collect()
    }

    fn parts(&self, _name: &str, _document: &Document) -> Vec<Part> {
        vec![part("on", self.on), port("otherwise", self.otherwise)]
    }

    fn list(&self) -> (&'static str, &'static str) {
        ("cases", "case")
    }

    fn entries(&self, _document: &Document) -> Vec<Vec<Part>> {
        let case = |case: &Case| vec![part("in", words::set(&case.values)), port("to", &case.to)];
        self.cases.iter().map(case).collect()
    }
}
