//! The kind `bandit`: an arm by weights that are learned.

use super::{Kind, Part, Shape, key, part, port, salt, words};
use crate::{BanditArm, Document, Objective, hash::Encoder};

pub(super) struct BanditView<'a> {
    pub(super) arms: &'a [BanditArm],
    pub(super) maximize: Objective,
    pub(super) explore_ppm: u32,
    pub(super) segment_by: &'a [String],
    pub(super) salt: Option<&'a str>,
}

impl Kind for BanditView<'_> {
    fn encode(&self, _name: &str, document: &Document, encoder: &mut Encoder) {
        encoder.list(self.arms.len());
        for arm in self.arms {
            encoder.text(document.arm_name(arm.name.as_deref(), &arm.to));
        }
        encoder.json(&serde_json::to_value(self.maximize).unwrap_or_default());
        encoder.integer(i64::from(self.explore_ppm));
        encoder.list(self.segment_by.len());
        for field in self.segment_by {
            encoder.text(field);
        }
    }

    fn shape(&self) -> Shape {
        Shape::Draw
    }

    fn said(&self) -> String {
        self.segment_by.join(", ")
    }

    fn arrows(&self, document: &Document) -> Vec<(String, String)> {
        let arms = self.arms.iter().map(|arm| {
            let name = document.arm_name(arm.name.as_deref(), &arm.to);
            (name.to_owned(), arm.to.clone())
        });
        arms.collect()
    }

    fn parts(&self, name: &str, document: &Document) -> Vec<Part> {
        let mut parts = vec![
            part("maximize", words::objective(self.maximize)),
            part("explore_ppm", self.explore_ppm.to_string()),
            part("segment_by", self.segment_by.join(", ")),
        ];
        parts.extend(salt(self.salt, name, document));
        parts
    }

    fn list(&self) -> (&'static str, &'static str) {
        ("arms", "arm")
    }

    fn entries(&self, document: &Document) -> Vec<Vec<Part>> {
        let arms = self.arms.iter().map(|arm| {
            let name = document.arm_name(arm.name.as_deref(), &arm.to);
            let mut parts = vec![part("name", name)];
            parts.extend(key(arm.key.as_ref(), name));
            parts.push(port("to", &arm.to));
            parts
        });
        arms.collect()
    }
}
