//! The kind `when`: one of two ports, by a predicate.

use super::{Kind, Part, Shape, form, part, port, words};
use crate::{Document, hash::Encoder};

pub(super) struct WhenView<'a> {
    pub(super) condition: &'a str,
    pub(super) then: &'a str,
    pub(super) otherwise: &'a str,
}

impl Kind for WhenView<'_> {
    fn encode(&self, _name: &str, _document: &Document, encoder: &mut Encoder) {
        form::predicate(encoder, self.condition);
    }

    fn shape(&self) -> Shape {
        Shape::Rule
    }

    fn said(&self) -> String {
        self.condition.to_owned()
    }

    fn arrows(&self, _document: &Document) -> Vec<(String, String)> {
        vec![
            ("yes".to_owned(), self.then.to_owned()),
            ("no".to_owned(), self.otherwise.to_owned()),
        ]
    }

    fn parts(&self, _name: &str, _document: &Document) -> Vec<Part> {
        vec![
            part("if", words::predicate(self.condition)),
            port("then", self.then),
            port("otherwise", self.otherwise),
        ]
    }
}
