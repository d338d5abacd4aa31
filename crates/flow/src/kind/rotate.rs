//! The kind `rotate`: arms in an order that history gives.

use super::{Kind, Part, Shape, form, part, port};
use crate::{Document, RotateArm, RotateBy, document::zone_or_utc, hash::Encoder};

pub(super) struct RotateView<'a> {
    pub(super) by: RotateBy,
    pub(super) zone: Option<&'a str>,
    pub(super) arms: &'a [RotateArm],
}

impl Kind for RotateView<'_> {
    fn encode(&self, _name: &str, document: &Document, encoder: &mut Encoder) {
        encoder.text(self.by.word());
        encoder.text(zone_or_utc(self.zone));
        encoder.list(self.arms.len());
        for arm in self.arms {
            encoder.text(document.arm_name(arm.name.as_deref(), &arm.to));
            for target in [arm.daily, arm.monthly] {
                form::optional(encoder, target.as_ref(), |encoder, target| {
                    encoder.integer(i64::from(*target));
                });
            }
        }
    }

    fn shape(&self) -> Shape {
        Shape::Draw
    }

    fn said(&self) -> String {
        match self.by {
            RotateBy::LeastRecentlySold => "least recently sold".to_owned(),
            RotateBy::Deficit => format!("deficit in {}", zone_or_utc(self.zone)),
        }
    }

    fn arrows(&self, document: &Document) -> Vec<(String, String)> {
        let arms = self.arms.iter().map(|arm| {
            let name = document.arm_name(arm.name.as_deref(), &arm.to);
            let daily = arm.daily.map(|target| format!(" {target} a day"));
            let monthly = arm.monthly.map(|target| format!(" {target} a month"));
            let targets: Vec<String> = daily.into_iter().chain(monthly).collect();
            (format!("{name}{}", targets.join(",")), arm.to.clone())
        });
        arms.collect()
    }

    fn parts(&self, _name: &str, _document: &Document) -> Vec<Part> {
        vec![
            part("by", self.by.word()),
            part("zone", zone_or_utc(self.zone)),
        ]
    }

    fn list(&self) -> (&'static str, &'static str) {
        ("arms", "arm")
    }

    fn entries(&self, document: &Document) -> Vec<Vec<Part>> {
        let arms = self.arms.iter().map(|arm| {
            let targets = arm.targets().map(|(name, n)| part(name, n.to_string()));
            let name = document.arm_name(arm.name.as_deref(), &arm.to);
            let parts = [part("name", name)].into_iter().chain(targets);
            parts.chain([port("to", &arm.to)]).collect()
        });
        arms.collect()
    }
}
