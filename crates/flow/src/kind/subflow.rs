//! The kind `subflow`: another flow in the place of a node.

use super::{Kind, Part, Shape, form, part};
use crate::{Document, Hash, hash::Encoder};

pub(super) struct SubflowView<'a> {
    pub(super) flow: &'a str,
    pub(super) version: Option<&'a Hash>,
}

impl Kind for SubflowView<'_> {
    fn encode(&self, _name: &str, _document: &Document, encoder: &mut Encoder) {
        encoder.text(self.flow);
        form::optional(encoder, self.version, |encoder, version| {
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

    fn parts(&self, _name: &str, _document: &Document) -> Vec<Part> {
        let version = self.version.map(Hash::to_string);
        let version = version.unwrap_or_else(|| "live".to_owned());
        vec![part("flow", self.flow), part("version", version)]
    }
}
