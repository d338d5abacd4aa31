//! The kind `reject`: declines the lead.

use super::{Kind, Part, Shape, part};
use crate::{Document, hash::Encoder};

pub(super) struct RejectView<'a> {
    pub(super) reason: &'a str,
}

impl Kind for RejectView<'_> {
    fn encode(&self, _name: &str, _document: &Document, encoder: &mut Encoder) {
        encoder.text(self.reason);
    }

    fn shape(&self) -> Shape {
        Shape::End
    }

    fn said(&self) -> String {
        self.reason.to_owned()
    }

    fn parts(&self, _name: &str, _document: &Document) -> Vec<Part> {
        vec![part("reason", self.reason)]
    }
}
