//! From the members of an object to a node.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{super::value, Entry, Reader, names};
use crate::{
    BanditArm, Bidder, Case, Cell, Diagnostic, Hit, Node, Objective, Place, Points, RotateArm, Row,
    SplitArm, diagnostic::note, document, suggest,
};

const KINDS: [&str; 13] = [
    "destination",
    "reject",
    "when",
    "switch",
    "table",
    "split",
    "bandit",
    "rotate",
    "auction",
    "waterfall",
    "subflow",
    "scorecard",
    "derive",
];

impl Reader {
    /// The nodes, read one by one, so that the mistakes of all of them are reported.
    pub(super) fn nodes(&mut self) -> Option<BTreeMap<String, Node>> {
        let Some(Value::Object(nodes)) = self.members.remove("nodes") else {
            let message = "`nodes` is an object of nodes by name".to_owned();
            self.report("missing_member", "nodes", message, None);
            return None;
        };
        let n_nodes = nodes.len();
        let read = nodes.into_iter().filter_map(|(name, value)| {
            let node = self.node(&name, value)?;
            Some((name, node))
        });
        let nodes: BTreeMap<String, Node> = read.collect();
        (nodes.len() == n_nodes).then_some(nodes)
    }

    fn node(&mut self, name: &str, value: Value) -> Option<Node> {
        let place = Place::node(name);
        let Value::Object(members) = value else {
            let message = "a node is an object with a `kind`";
            note(
                &mut self.found,
                Diagnostic::error("wrong_type", place, message),
            );
            return None;
        };
        let mut reader = Self {
            place,
            prefix: String::new(),
            members,
            found: Vec::new(),
        };
        let kind: Option<String> = reader.required("kind");
        let node = kind.as_deref().and_then(|kind| reader.kind(kind));
        let known = match kind {
            Some(kind) if KINDS.contains(&kind.as_str()) => members_of(&kind),
            // Without a kind, nothing can be said about the other members.
            _ => {
                reader
                    .found
                    .into_iter()
                    .for_each(|finding| note(&mut self.found, finding));
                return None;
            }
        };
        let found = reader.finish(known).into_iter();
        found.for_each(|finding| note(&mut self.found, finding));
        node
    }

    fn kind(&mut self, kind: &str) -> Option<Node> {
        match kind {
            "destination" => Some(Node::Destination {
                destination: self.optional("destination"),
            }),
            "reject" => self
                .required("reason")
                .map(|reason| Node::Reject { reason }),
            "when" => {
                let condition = self.required("if");
                let (then, otherwise) = (self.required("then"), self.required("otherwise"));
                Some(Node::When {
                    condition: condition?,
                    then: then?,
                    otherwise: otherwise?,
                })
            }
            "switch" => self.switch(),
            "table" => self.table(),
            "split" => {
                let arms = self.list("arms", Self::split_arm);
                let (sticky, salt) = (self.optional("sticky"), self.optional("salt"));
                Some(Node::Split {
                    arms: arms?,
                    sticky,
                    salt,
                })
            }
            "bandit" => self.bandit(),
            "rotate" => self.rotate(),
            "auction" => self.auction(),
            "waterfall" => {
                let to = self.list("to", |reader, part, value| reader.parse(part, value));
                Some(Node::Waterfall { to: to? })
            }
            "scorecard" => {
                let points = self.list("points", Self::points);
                Some(Node::Scorecard { points: points? })
            }
            "derive" => self.derive(),
            "subflow" => {
                let (flow, version) = (self.required("flow"), self.optional("version"));
                Some(Node::Subflow {
                    flow: flow?,
                    version,
                })
            }
            _ => {
                let message = format!("`{kind}` is not a kind of node");
                let hint = suggest::closest(kind, KINDS).map_or_else(
                    || format!("known are {}", names(&KINDS)),
                    |kind| format!("did you mean `{kind}`?"),
                );
                self.report("unknown_kind", "kind", message, Some(hint));
                None
            }
        }
    }

    fn derive(&mut self) -> Option<Node> {
        let value = self.required("value");
        let default = if let Some(default) = self.members.remove("default") {
            self.parse_with("default", default, value::default)
        } else {
            let message = "`default` is missing".to_owned();
            let hint = "write what stands in for a missing input, an overflow or a division by zero, or null";
            self.report("missing_member", "default", message, Some(hint.to_owned()));
            None
        };
        let scale = self.optional("scale");
        Some(Node::Derive {
            value: value?,
            default: default?,
            scale,
        })
    }

    fn switch(&mut self) -> Option<Node> {
        let on = self.required("on");
        let cases = self.list("cases", |reader, part, value| {
            reader.object(part, value, &["in", "to"], |case| {
                let values = case.list("in", |reader, part, value| reader.parse(part, value));
                let to = case.required("to");
                Some(Case {
                    values: values?,
                    to: to?,
                })
            })
        });
        let otherwise = self.required("otherwise");
        Some(Node::Switch {
            on: on?,
            cases: cases?,
            otherwise: otherwise?,
        })
    }

    fn table(&mut self) -> Option<Node> {
        let hit: Option<Hit> = self.optional("hit");
        let columns = self.list("columns", |reader, part, value| reader.parse(part, value));
        let rows = self.list("rows", |reader, part, value| {
            reader.object(part, value, &["cells", "if", "to"], |row| {
                let cells = row.list("cells", |reader, part, value| {
                    reader.parse::<Cell>(part, value)
                });
                let condition = row.optional("if");
                let to = row.required("to");
                Some(Row {
                    cells: cells?,
                    condition,
                    to: to?,
                })
            })
        });
        let otherwise = self.optional("otherwise");
        Some(Node::Table {
            hit: hit.unwrap_or_default(),
            columns: columns?,
            rows: rows?,
            otherwise,
        })
    }

    fn bandit(&mut self) -> Option<Node> {
        let arms = self.list("arms", |reader, part, value| {
            reader.object(part, value, &["name", "key", "to"], |arm| {
                let (name, key) = (arm.optional("name"), arm.optional("key"));
                let to = arm.required("to");
                Some(BanditArm { name, key, to: to? })
            })
        });
        let maximize: Option<Objective> = self.optional("maximize");
        let explore_ppm = self.required("explore_ppm");
        let segment_by = if self.members.contains_key("segment_by") {
            self.list("segment_by", |reader, part, value| {
                reader.parse(part, value)
            })
        } else {
            Some(Vec::new())
        };
        let salt = self.optional("salt");
        Some(Node::Bandit {
            arms: arms?,
            maximize: maximize.unwrap_or_default(),
            explore_ppm: explore_ppm?,
            segment_by: segment_by?,
            salt,
        })
    }

    fn rotate(&mut self) -> Option<Node> {
        let by = self.required("by");
        let zone = self.optional("zone");
        let arms = self.list("arms", |reader, part, value| {
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
        Some(Node::Rotate {
            by: by?,
            zone,
            arms: arms?,
        })
    }

    fn auction(&mut self) -> Option<Node> {
        let bidders = self.list("bidders", |reader, part, value| {
            reader.object(part, value, &["to", "penalty_ppm"], |bidder| {
                let to = bidder.required("to");
                let penalty_ppm = bidder.optional("penalty_ppm");
                Some(Bidder {
                    to: to?,
                    penalty_ppm: penalty_ppm.unwrap_or_default(),
                })
            })
        });
        let reserve = self.optional("reserve");
        let deadline_ms: Option<u32> = self.optional("deadline_ms");
        Some(Node::Auction {
            bidders: bidders?,
            reserve,
            deadline_ms: deadline_ms.unwrap_or_else(document::deadline_ms),
        })
    }

    fn split_arm(&mut self, part: Entry<'_>, value: Value) -> Option<SplitArm> {
        self.object(part, value, &["name", "key", "weight_ppm", "to"], |arm| {
            let (name, key) = (arm.optional("name"), arm.optional("key"));
            let (weight_ppm, to) = (arm.required("weight_ppm"), arm.required("to"));
            Some(SplitArm {
                name,
                key,
                weight_ppm: weight_ppm?,
                to: to?,
            })
        })
    }

    fn points(&mut self, part: Entry<'_>, value: Value) -> Option<Points> {
        self.object(part, value, &["if", "points"], |entry| {
            let (condition, points) = (entry.required("if"), entry.required("points"));
            Some(Points {
                condition: condition?,
                points: points?,
            })
        })
    }
}

/// The members that a kind of node may have.
fn members_of(kind: &str) -> &'static [&'static str] {
    match kind {
        "destination" => &["kind", "destination"],
        "reject" => &["kind", "reason"],
        "when" => &["kind", "if", "then", "otherwise"],
        "switch" => &["kind", "on", "cases", "otherwise"],
        "table" => &["kind", "hit", "columns", "rows", "otherwise"],
        "split" => &["kind", "arms", "sticky", "salt"],
        "bandit" => &[
            "kind",
            "arms",
            "maximize",
            "explore_ppm",
            "segment_by",
            "salt",
        ],
        "rotate" => &["kind", "by", "zone", "arms"],
        "auction" => &["kind", "bidders", "reserve", "deadline_ms"],
        "waterfall" => &["kind", "to"],
        "subflow" => &["kind", "flow", "version"],
        "derive" => &["kind", "value", "default", "scale"],
        _ => &["kind", "points"],
    }
}
