//! The kind `derive`: a number that is computed.

use super::{Kind, Part, Shape, form, part, words};
use crate::{Document, Literal, hash::Encoder};

pub(super) struct DeriveView<'a> {
    pub(super) value: &'a str,
    pub(super) default: Option<&'a Literal>,
    pub(super) scale: Option<u8>,
}

impl Kind for DeriveView<'_> {
    fn encode(&self, _name: &str, _document: &Document, encoder: &mut Encoder) {
        form::arithmetic(encoder, self.value);
        form::optional(encoder, self.default, form::literal);
        let scale = self.scale.map(i64::from);
        form::optional(encoder, scale.as_ref(), |encoder, scale| {
            encoder.integer(*scale);
        });
    }

    fn shape(&self) -> Shape {
        Shape::Value
    }

    fn said(&self) -> String {
        self.value.to_owned()
    }

    fn parts(&self, _name: &str, _document: &Document) -> Vec<Part> {
        let default = self.default.map_or("missing".to_owned(), words::literal);
        let mut parts = vec![
            part("value", words::arithmetic(self.value)),
            part("default", default),
        ];
        parts.extend(self.scale.map(|scale| part("scale", scale.to_string())));
        parts
    }
}
