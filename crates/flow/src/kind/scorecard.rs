//! The kind `scorecard`: points added up.

use super::{DescribeNode, PartText, Shape, form, part, words};
use crate::{
    Catalog, Document, Points, ScorecardNode,
    check::{CheckNode, Scope, rules},
    document::{NodeParts, NodeValue, Part, ReadNode, Reader, Reads},
    hash::Encoder,
    lower::{Assembly, LowerNode},
    program::Op,
    typed_flow::Rule,
};

impl ReadNode for ScorecardNode {
    const MEMBERS: &'static [&'static str] = &["kind", "points"];

    fn read(reader: &mut Reader) -> Option<Self> {
        let points = reader.list("points", |reader, part, value| {
            reader.object(part, value, &["if", "points"], |entry| {
                let (condition, points) = (entry.required("if"), entry.required("points"));
                Some(Points {
                    condition: condition?,
                    points: points?,
                })
            })
        });
        Some(Self { points: points? })
    }
}

impl NodeParts for ScorecardNode {
    fn ports(&self) -> Vec<Part<'_>> {
        Vec::new()
    }

    fn ports_mut(&mut self) -> Vec<&mut String> {
        Vec::new()
    }

    fn reads(&self) -> Reads<'_> {
        let points = self.points.iter().enumerate();
        let predicates =
            points.map(|(idx, points)| (format!("points[{idx}].if"), points.condition.as_str()));
        Reads {
            predicates: predicates.collect(),
            ..Reads::default()
        }
    }

    fn value(&self) -> Option<NodeValue> {
        Some(NodeValue {
            noun: "scorecard",
            plural: "scorecards",
            code_of_port: "port_to_scorecard",
        })
    }
}

impl DescribeNode for ScorecardNode {
    fn encode(&self, _name: &str, _document: &Document, encoder: &mut Encoder) {
        encoder.list(self.points.len());
        for points in &self.points {
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

    fn entries(&self, _document: &Document) -> Vec<Vec<PartText>> {
        let entry = |of: &Points| {
            vec![
                part("if", words::predicate(&of.condition)),
                part("points", of.points.to_string()),
            ]
        };
        self.points.iter().map(entry).collect()
    }
}

impl CheckNode for ScorecardNode {
    fn check(
        &self,
        name: &str,
        _document: &Document,
        _catalog: &Catalog,
        scope: &mut Scope<'_>,
    ) -> Option<Rule> {
        rules::scorecard(name, &self.points, scope);
        None
    }
}

impl LowerNode for ScorecardNode {
    fn op(&self, _name: &str, _assembly: &Assembly<'_>) -> Option<Op> {
        None // It is no step.
    }
}
