//! The kind `split`: an arm by fixed weights.

use super::{Kind, Part, Shape, form, key, part, percent, port, salt};
use crate::{Document, SplitArm, hash::Encoder};

pub(super) struct SplitView<'a> {
    pub(super) arms: &'a [SplitArm],
    pub(super) sticky: Option<&'a str>,
    pub(super) salt: Option<&'a str>,
}

impl Kind for SplitView<'_> {
    fn encode(&self, _name: &str, document: &Document, encoder: &mut Encoder) {
        encoder.list(self.arms.len());
        for arm in self.arms {
            encoder.text(document.arm_name(arm.name.as_deref(), &arm.to));
            encoder.integer(i64::from(arm.weight_ppm));
        }
        form::optional(encoder, self.sticky, Encoder::text);
    }

    fn shape(&self) -> Shape {
        Shape::Draw
    }

    fn said(&self) -> String {
        self.sticky.unwrap_or_default().to_owned()
    }

    fn arrows(&self, document: &Document) -> Vec<(String, String)> {
        let arms = self.arms.iter().map(|arm| {
            let name = document.arm_name(arm.name.as_deref(), &arm.to);
            let word = format!("{name} {}", percent(arm.weight_ppm));
            (word, arm.to.clone())
        });
        arms.collect()
    }

    fn parts(&self, name: &str, document: &Document) -> Vec<Part> {
        let sticky = self.sticky.iter().map(|field| part("sticky", *field));
        sticky.chain(salt(self.salt, name, document)).collect()
    }

    fn list(&self) -> (&'static str, &'static str) {
        ("arms", "arm")
    }

    fn entries(&self, document: &Document) -> Vec<Vec<Part>> {
        let arms = self.arms.iter().map(|arm| {
            let name = document.arm_name(arm.name.as_deref(), &arm.to);
            let mut parts = vec![part("name", name)];
            parts.extend(key(arm.key.as_ref(), name));
            parts.push(part("weight_ppm", arm.weight_ppm.to_string()));
            parts.push(port("to", &arm.to));
            parts
        });
        arms.collect()
    }
}
