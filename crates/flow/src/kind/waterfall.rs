//! The kind `waterfall`: one port after the other.

use super::{Kind, Part, Shape, port};
use crate::{Document, hash::Encoder};

pub(super) struct WaterfallView<'a> {
    pub(super) to: &'a [String],
}

impl Kind for WaterfallView<'_> {
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

    fn entries(&self, _document: &Document) -> Vec<Vec<Part>> {
        self.to.iter().map(|to| vec![port("to", to)]).collect()
    }
}
