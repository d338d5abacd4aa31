//! The kind `rotate`: arms in an order that history gives.

use super::{DescribeNode, PartText, Shape, form, part, port};
use crate::{
    Catalog, Document, NodeArm, NodeArmMut, RotateArm, RotateBy, RotateNode,
    check::{CheckNode, Scope, arms, rotate},
    document::{NodeParts, Part, ReadNode, Reader, Reads, numbered, zone_or_utc},
    hash::Encoder,
    lower::{Assembly, LowerNode},
    program::{ArmTargets, Op, Targets},
    typed_flow::Rule,
};

impl RotateNode {
    fn targets(&self) -> Targets {
        let arms = self.arms.iter().map(|arm| ArmTargets {
            daily: arm.daily,
            monthly: arm.monthly,
        });
        Targets {
            zone: zone_or_utc(self.zone.as_deref()).to_owned(),
            arms: arms.collect(),
            calibrates: self.by == RotateBy::CalibratedDeficit,
        }
    }
}

/// A million parts in shares that differ by one part at most, the larger ones first.
fn even_ppm(n_arms: usize) -> Vec<u32> {
    const WHOLE_PPM: usize = 1_000_000;
    let n = n_arms.max(1);
    let share = |arm| WHOLE_PPM / n + usize::from(arm < WHOLE_PPM % n);
    let shares = (0..n_arms).map(|arm| u32::try_from(share(arm)).unwrap_or_default());
    shares.collect()
}

impl ReadNode for RotateNode {
    const MEMBERS: &'static [&'static str] = &["kind", "by", "zone", "arms"];

    fn read(reader: &mut Reader) -> Option<Self> {
        let by = reader.required("by");
        let zone = reader.optional("zone");
        let arms = reader.list("arms", |reader, part, value| {
            reader.object(part, value, &["name", "to", "daily", "monthly"], |arm| {
                let name = arm.optional("name");
                let to = arm.required("to");
                let (daily, monthly) = (arm.optional("daily"), arm.optional("monthly"));
                Some(RotateArm {
                    name,
                    to: to?,
                    daily,
                    monthly,
                })
            })
        });
        Some(Self {
            by: by?,
            zone,
            arms: arms?,
        })
    }
}

impl NodeParts for RotateNode {
    fn ports(&self) -> Vec<Part<'_>> {
        numbered("arms", ".to", self.arms.iter().map(|arm| &arm.to))
    }

    fn ports_mut(&mut self) -> Vec<&mut String> {
        self.arms.iter_mut().map(|arm| &mut arm.to).collect()
    }

    fn reads(&self) -> Reads<'_> {
        Reads::default()
    }

    fn arms(&self) -> Option<Vec<NodeArm<'_>>> {
        let arms = self.arms.iter().map(|arm| NodeArm {
            name: arm.name.as_deref(),
            key: None,
            to: &arm.to,
        });
        Some(arms.collect())
    }

    fn arms_mut(&mut self) -> Vec<NodeArmMut<'_>> {
        let arms = self.arms.iter_mut().map(|arm| NodeArmMut {
            name: &mut arm.name,
            key: None,
            to: &arm.to,
        });
        arms.collect()
    }
}

impl DescribeNode for RotateNode {
    fn encode(&self, _name: &str, document: &Document, encoder: &mut Encoder) {
        encoder.text(self.by.word());
        encoder.text(zone_or_utc(self.zone.as_deref()));
        encoder.list(self.arms.len());
        for arm in &self.arms {
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
            RotateBy::Deficit => format!("deficit in {}", zone_or_utc(self.zone.as_deref())),
            RotateBy::CalibratedDeficit => {
                format!(
                    "calibrated deficit in {}",
                    zone_or_utc(self.zone.as_deref())
                )
            }
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

    fn parts(&self, _name: &str, _document: &Document) -> Vec<PartText> {
        vec![
            part("by", self.by.word()),
            part("zone", zone_or_utc(self.zone.as_deref())),
        ]
    }

    fn list(&self) -> (&'static str, &'static str) {
        ("arms", "arm")
    }

    fn entries(&self, document: &Document) -> Vec<Vec<PartText>> {
        let arms = self.arms.iter().map(|arm| {
            let targets = arm.targets().map(|(name, n)| part(name, n.to_string()));
            let name = document.arm_name(arm.name.as_deref(), &arm.to);
            let parts = [part("name", name)].into_iter().chain(targets);
            parts.chain([port("to", &arm.to)]).collect()
        });
        arms.collect()
    }
}

impl CheckNode for RotateNode {
    fn check(
        &self,
        _name: &str,
        document: &Document,
        _catalog: &Catalog,
        scope: &mut Scope<'_>,
    ) -> Option<Rule> {
        arms::names(&self.arms().unwrap_or_default(), document, scope);
        rotate::check(self.by, self.zone.as_deref(), &self.arms, scope);
        None
    }
}

impl LowerNode for RotateNode {
    fn op(&self, name: &str, assembly: &Assembly<'_>) -> Option<Op> {
        Some(Op::Rotate {
            salt: assembly.salt(name, None),
            even_ppm: even_ppm(self.arms.len()),
            targets: self.by.has_targets().then(|| self.targets()),
            arms: assembly.arms(self)?,
        })
    }
}
