//! The kind `scorecard`: points added up.

use super::{Kind, Part, Shape, form, part, words};
use crate::{Document, Points, hash::Encoder};

pub(super) struct ScorecardView<'a> {
    pub(super) points: &'a [Points],
}

impl Kind for ScorecardView<'_> {
    fn encode(&self, _name: &str, _document: &Document, encoder: &mut Encoder) {
        encoder.list(self.points.len());
        for points in self.points {
            form::predicate(encoder, &points.condition);
            encoder.integer(points.points);
        }
    }

    fn shape(&self) -> Shape {
        Shape::Value
    }

    fn said(&self) -> String {
        format!("{} entries", self.points.len())
    }

    fn list(&self) -> (&'static str, &'static str) {
        ("points", "entry")
    }

    fn entries(&self, _document: &Document) -> Vec<Vec<Part>> {
        let entry = |of: &Points| {
            vec![
                part("if", words::predicate(&of.condition)),
                part("points", of.points.to_string()),
            ]
        };
        self.points.iter().map(entry).collect()
    }
}
