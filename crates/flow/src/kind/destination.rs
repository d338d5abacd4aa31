//! The kind `destination`: offers the lead to somebody.

use super::{Kind, Part, Shape, part};
use crate::{Document, hash::Encoder};

pub(super) struct DestinationView<'a> {
    pub(super) destination: Option<&'a str>,
}

impl Kind for DestinationView<'_> {
    fn encode(&self, name: &str, _document: &Document, encoder: &mut Encoder) {
        encoder.text(self.destination.unwrap_or(name));
    }

    fn shape(&self) -> Shape {
        Shape::Destination
    }

    fn said(&self) -> String {
        self.destination.unwrap_or_default().to_owned()
    }

    fn parts(&self, name: &str, _document: &Document) -> Vec<Part> {
        vec![part("destination", self.destination.unwrap_or(name))]
    }
}
