//! The kind `split`: an arm by fixed weights.

use super::{DescribeNode, PartText, Shape, form, key, part, percent, port, salt};
use crate::{
    Catalog, Document, NodeArm, NodeArmMut, SplitArm, SplitNode,
    check::{CheckNode, Scope, arms, sticky},
    document::{NodeDraw, NodeParts, Part, ReadNode, Reader, Reads, numbered},
    hash::Encoder,
    lower::{Assembly, LowerNode},
    program::Op,
    typed_flow::Rule,
};

impl ReadNode for SplitNode {
    const MEMBERS: &'static [&'static str] = &["kind", "arms", "sticky", "salt"];

    fn read(reader: &mut Reader) -> Option<Self> {
        let arms = reader.list("arms", |reader, part, value| {
            let known = ["name", "key", "weight_ppm", "to"];
            reader.object(part, value, &known, |arm| {
                let (name, key) = (arm.optional("name"), arm.optional("key"));
                let (weight_ppm, to) = (arm.required("weight_ppm"), arm.required("to"));
                Some(SplitArm {
                    name,
                    key,
                    weight_ppm: weight_ppm?,
                    to: to?,
                })
            })
        });
        let (sticky, salt) = (reader.optional("sticky"), reader.optional("salt"));
        Some(Self {
            arms: arms?,
            sticky,
            salt,
        })
    }
}

impl NodeParts for SplitNode {
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
            sticky: self.sticky.as_deref(),
            weights_ppm: Some(self.arms.iter().map(|arm| arm.weight_ppm).collect()),
        })
    }

    fn salt_mut(&mut self) -> Option<&mut Option<String>> {
        Some(&mut self.salt)
    }
}

impl DescribeNode for SplitNode {
    fn encode(&self, _name: &str, document: &Document, encoder: &mut Encoder) {
        encoder.list(self.arms.len());
        for arm in &self.arms {
            encoder.text(document.arm_name(arm.name.as_deref(), &arm.to));
            encoder.integer(i64::from(arm.weight_ppm));
        }
        form::optional(encoder, self.sticky.as_deref(), Encoder::text);
    }

    fn shape(&self) -> Shape {
        Shape::Draw
    }

    fn said(&self) -> String {
        self.sticky.clone().unwrap_or_default()
    }

    fn arrows(&self, document: &Document) -> Vec<(String, String)> {
        let arms = self.arms.iter().map(|arm| {
            let name = document.arm_name(arm.name.as_deref(), &arm.to);
            let word = format!("{name} {}", percent(arm.weight_ppm));
            (word, arm.to.clone())
        });
        arms.collect()
    }

    fn parts(&self, name: &str, document: &Document) -> Vec<PartText> {
        let sticky = self.sticky.iter().map(|field| part("sticky", field));
        sticky
            .chain(salt(self.salt.as_deref(), name, document))
            .collect()
    }

    fn list(&self) -> (&'static str, &'static str) {
        ("arms", "arm")
    }

    fn entries(&self, document: &Document) -> Vec<Vec<PartText>> {
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

impl CheckNode for SplitNode {
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
        let weights: Vec<u64> = self
            .arms
            .iter()
            .map(|arm| u64::from(arm.weight_ppm))
            .collect();
        arms::weights(&weights, scope);
        if let Some(name) = &self.sticky
            && let Some((_, field)) = scope.field("sticky", name, None)
        {
            let field = field.clone();
            sticky::check(&field, &weights, scope);
        }
        None
    }
}

impl LowerNode for SplitNode {
    fn op(&self, name: &str, assembly: &Assembly<'_>) -> Option<Op> {
        Some(Op::Split {
            salt: assembly.salt(name, self.salt.as_deref()),
            weights_ppm: self.arms.iter().map(|arm| arm.weight_ppm).collect(),
            arms: assembly.arms(self)?,
            sticky: match &self.sticky {
                Some(field) => Some(assembly.field(field)?),
                None => None,
            },
        })
    }
}
