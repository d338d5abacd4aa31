//! The kind `bandit`: an arm by weights that are learned.

use super::{DescribeNode, PartText, Shape, key, part, percent, port, salt, words};
use crate::{
    BanditArm, BanditNode, Catalog, DelayPrior, Document, LearningSettings, NodeArm, NodeArmMut,
    Objective, RatePrior,
    check::{CheckNode, Scope, arms, learning},
    document::{NodeDraw, NodeParts, Part, ReadNode, Reader, Reads, numbered},
    hash::Encoder,
    lower::{Assembly, LowerNode},
    program::{ArmLimits, Op},
    typed_flow::Rule,
};

impl ReadNode for BanditNode {
    const MEMBERS: &'static [&'static str] = &[
        "kind",
        "arms",
        "maximize",
        "explore_ppm",
        "segment_by",
        "salt",
        "learning",
    ];

    fn read(reader: &mut Reader) -> Option<Self> {
        let arms = reader.list("arms", |reader, part, value| {
            reader.object(part, value, ARM_MEMBERS, |arm| {
                let (name, key) = (arm.optional("name"), arm.optional("key"));
                let to = arm.required("to");
                let (floor_ppm, ceiling_ppm) =
                    (arm.optional("floor_ppm"), arm.optional("ceiling_ppm"));
                Some(BanditArm {
                    name,
                    key,
                    to: to?,
                    floor_ppm,
                    ceiling_ppm,
                })
            })
        });
        let maximize: Option<Objective> = reader.optional("maximize");
        let explore_ppm = reader.required("explore_ppm");
        let segment_by = if reader.has("segment_by") {
            reader.plain_list("segment_by")
        } else {
            Some(Vec::new())
        };
        let salt = reader.optional("salt");
        let learning = reader.inner("learning", LEARNING_MEMBERS, learning);
        Some(Self {
            arms: arms?,
            maximize: maximize.unwrap_or_default(),
            explore_ppm: explore_ppm?,
            segment_by: segment_by?,
            salt,
            learning: learning.unwrap_or_default(),
        })
    }
}

const ARM_MEMBERS: &[&str] = &["name", "key", "to", "floor_ppm", "ceiling_ppm"];

const LEARNING_MEMBERS: &[&str] = &[
    "half_life_hours",
    "window_hours",
    "attribution_hours",
    "accept_prior",
    "conversion_prior",
    "delay_prior",
    "focus_percent",
];

#[expect(
    clippy::unnecessary_wraps,
    reason = "a member is read by what may refuse it"
)]
fn learning(reader: &mut Reader) -> Option<LearningSettings> {
    let rate = |reader: &mut Reader, name| {
        reader.inner(name, &["rate_ppm", "strength"], |prior| {
            let (rate_ppm, strength) = (prior.required("rate_ppm"), prior.required("strength"));
            Some(RatePrior {
                rate_ppm: rate_ppm?,
                strength: strength?,
            })
        })
    };
    Some(LearningSettings {
        half_life_hours: reader.optional("half_life_hours"),
        window_hours: reader.optional("window_hours"),
        attribution_hours: reader.optional("attribution_hours"),
        accept_prior: rate(reader, "accept_prior"),
        conversion_prior: rate(reader, "conversion_prior"),
        delay_prior: reader.inner("delay_prior", &["mean_hours", "strength"], |prior| {
            let (mean_hours, strength) = (prior.required("mean_hours"), prior.required("strength"));
            Some(DelayPrior {
                mean_hours: mean_hours?,
                strength: strength?,
            })
        }),
        focus_percent: reader.optional("focus_percent"),
    })
}

impl BanditNode {
    /// Floor and ceiling of each arm; none if no arm has one.
    fn limits(&self) -> Vec<ArmLimits> {
        let limits: Vec<ArmLimits> = self
            .arms
            .iter()
            .map(|arm| ArmLimits {
                floor_ppm: arm.floor_ppm.unwrap_or(0),
                ceiling_ppm: arm.ceiling_ppm.unwrap_or(ArmLimits::NONE.ceiling_ppm),
            })
            .collect();
        if limits.iter().all(|it| *it == ArmLimits::NONE) {
            return Vec::new();
        }
        limits
    }
}

impl NodeParts for BanditNode {
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
            key: arm.key.as_deref(),
            to: &arm.to,
        });
        Some(arms.collect())
    }

    fn arms_mut(&mut self) -> Vec<NodeArmMut<'_>> {
        let arms = self.arms.iter_mut().map(|arm| NodeArmMut {
            name: &mut arm.name,
            key: Some(&mut arm.key),
            to: &arm.to,
        });
        arms.collect()
    }

    fn draw(&self) -> Option<NodeDraw<'_>> {
        Some(NodeDraw {
            salt: self.salt.as_deref(),
            sticky: None,
            weights_ppm: None,
        })
    }

    fn salt_mut(&mut self) -> Option<&mut Option<String>> {
        Some(&mut self.salt)
    }
}

impl DescribeNode for BanditNode {
    fn encode(&self, _name: &str, document: &Document, encoder: &mut Encoder) {
        encoder.list(self.arms.len());
        for arm in &self.arms {
            encoder.text(document.arm_name(arm.name.as_deref(), &arm.to));
        }
        encoder.json(&serde_json::to_value(self.maximize).unwrap_or_default());
        encoder.integer(i64::from(self.explore_ppm));
        encoder.list(self.segment_by.len());
        for field in &self.segment_by {
            encoder.text(field);
        }
        // What may be left out is fed where it is set: nodes without are fed as before there was any.
        let limits = self.limits();
        if !limits.is_empty() {
            encoder.text("limits");
            encoder.list(limits.len());
            for limit in limits {
                encoder.integer(i64::from(limit.floor_ppm));
                encoder.integer(i64::from(limit.ceiling_ppm));
            }
        }
        if !self.learning.is_usual() {
            encoder.text("learning");
            encoder.json(&serde_json::to_value(self.learning).unwrap_or_default());
        }
    }

    fn shape(&self) -> Shape {
        Shape::Draw
    }

    fn said(&self) -> String {
        let segments = self.segment_by.iter().cloned();
        let learning = self.learning.numbers().into_iter().map(|it| {
            let name = it.part.trim_start_matches("learning.");
            format!("{name} {}", it.value)
        });
        segments.chain(learning).collect::<Vec<_>>().join(", ")
    }

    fn arrows(&self, document: &Document) -> Vec<(String, String)> {
        let arms = self.arms.iter().map(|arm| {
            let name = document.arm_name(arm.name.as_deref(), &arm.to);
            let floor = arm
                .floor_ppm
                .map(|ppm| format!(" at least {}", percent(ppm)));
            let ceiling = arm
                .ceiling_ppm
                .map(|ppm| format!(" at most {}", percent(ppm)));
            let limits: Vec<String> = floor.into_iter().chain(ceiling).collect();
            (format!("{name}{}", limits.join(",")), arm.to.clone())
        });
        arms.collect()
    }

    fn parts(&self, name: &str, document: &Document) -> Vec<PartText> {
        let mut parts = vec![
            part("maximize", words::objective(self.maximize)),
            part("explore_ppm", self.explore_ppm.to_string()),
            part("segment_by", self.segment_by.join(", ")),
        ];
        let learning = self.learning.numbers().into_iter();
        parts.extend(learning.map(|it| part(it.part, it.value.to_string())));
        parts.extend(salt(self.salt.as_deref(), name, document));
        parts
    }

    fn list(&self) -> (&'static str, &'static str) {
        ("arms", "arm")
    }

    fn entries(&self, document: &Document) -> Vec<Vec<PartText>> {
        let arms = self.arms.iter().map(|arm| {
            let name = document.arm_name(arm.name.as_deref(), &arm.to);
            let mut parts = vec![part("name", name)];
            parts.extend(key(arm.key.as_ref(), name));
            let limits = [
                ("floor_ppm", arm.floor_ppm),
                ("ceiling_ppm", arm.ceiling_ppm),
            ];
            let limits = limits.into_iter().filter(|(_, limit)| limit.is_some());
            parts.extend(limits.map(|(name, limit)| part(name, limit.unwrap_or(0).to_string())));
            parts.push(port("to", &arm.to));
            parts
        });
        arms.collect()
    }
}

impl CheckNode for BanditNode {
    fn check(
        &self,
        _name: &str,
        document: &Document,
        _catalog: &Catalog,
        scope: &mut Scope<'_>,
    ) -> Option<Rule> {
        let arms = self.arms().unwrap_or_default();
        arms::names(&arms, document, scope);
        arms::draw(self.salt.as_deref(), &arms, document, scope);
        arms::explore(self.explore_ppm, arms.len(), scope);
        learning::limits(self, scope);
        learning::numbers(&self.learning, scope);
        arms::segments(&self.segment_by, scope);
        None
    }
}

impl LowerNode for BanditNode {
    fn op(&self, name: &str, assembly: &Assembly<'_>) -> Option<Op> {
        let segment_by = self.segment_by.iter();
        Some(Op::Bandit {
            salt: assembly.salt(name, self.salt.as_deref()),
            arms: assembly.arms(self)?,
            segment_by: segment_by
                .map(|field| assembly.field(field))
                .collect::<Option<_>>()?,
            maximize: self.maximize,
            explore_ppm: self.explore_ppm,
            limits: self.limits(),
            learning: self.learning,
        })
    }
}
