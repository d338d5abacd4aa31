//! The kind `bandit`: an arm by weights that are learned.

use super::{DescribeNode, PartText, Shape, key, part, port, salt, words};
use crate::{
    BanditArm, BanditNode, Catalog, Document, NodeArm, NodeArmMut, Objective,
    check::{CheckNode, Scope, arms},
    document::{NodeDraw, NodeParts, Part, ReadNode, Reader, Reads, numbered},
    hash::Encoder,
    lower::{Assembly, LowerNode},
    program::Op,
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
    ];

    fn read(reader: &mut Reader) -> Option<Self> {
        let arms = reader.list("arms", |reader, part, value| {
            reader.object(part, value, &["name", "key", "to"], |arm| {
                let (name, key) = (arm.optional("name"), arm.optional("key"));
                let to = arm.required("to");
                Some(BanditArm { name, key, to: to? })
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
        Some(Self {
            arms: arms?,
            maximize: maximize.unwrap_or_default(),
            explore_ppm: explore_ppm?,
            segment_by: segment_by?,
            salt,
        })
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

    fn parts(&self, name: &str, document: &Document) -> Vec<PartText> {
        let mut parts = vec![
            part("maximize", words::objective(self.maximize)),
            part("explore_ppm", self.explore_ppm.to_string()),
            part("segment_by", self.segment_by.join(", ")),
        ];
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
        })
    }
}
