//! From the steps of a flow to its document: every step gets a name.

use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

use super::{
    auction::HeldAuction,
    rotate::Rotation,
    steps::{DrawnBandit, Made, Rule, Settings, Step, StepIdx, Steps},
};
use crate::{BanditArm, Bidder, Case, Document, Node, Row, SplitArm};

/// The document of a flow.
///
/// # Panics
///
/// If two steps have the same name.
pub(super) fn document(flow: &str, vertical: &str, root: StepIdx, steps: Steps) -> Document {
    let (all, settings) = steps.into_parts();
    let names = Names::of(&all);
    let root = names.port(root);
    let nodes = all
        .into_iter()
        .enumerate()
        .map(|(idx, made)| (names.port(idx), names.node(idx, made.step)))
        .collect();
    let Settings {
        currency,
        max_sold,
        title,
        notes,
    } = settings;
    Document {
        flow: flow.to_owned(),
        vertical: vertical.to_owned(),
        currency,
        root,
        max_sold,
        nodes,
        title,
        notes,
    }
}

/// The name of each step.
struct Names(Vec<String>);

impl Names {
    /// A step's own name, or one after its kind that nobody took.
    fn of(all: &[Made]) -> Self {
        let taken = taken(all);
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let name = |made: &Made| {
            if let Some(name) = made.own_name() {
                return name.to_owned();
            }
            let kind = made.step.kind();
            let count = counts.entry(kind).or_default();
            loop {
                *count += 1;
                let name = format!("{kind}-{count}");
                if !taken.contains(name.as_str()) {
                    return name;
                }
            }
        };
        Self(all.iter().map(name).collect())
    }

    fn port(&self, step: StepIdx) -> String {
        self.0[step].clone()
    }

    fn node(&self, idx: StepIdx, step: Step) -> Node {
        match step {
            Step::Destination(destination) => Node::Destination {
                destination: Some(destination).filter(|destination| *destination != self.0[idx]),
            },
            Step::Reject(reason) => Node::Reject { reason },
            Step::Waterfall(to) => Node::Waterfall {
                to: to.into_iter().map(|step| self.port(step)).collect(),
            },
            Step::Scorecard(points) => Node::Scorecard { points },
            Step::Subflow { flow, version } => Node::Subflow { flow, version },
            Step::Derive {
                value,
                default,
                scale,
            } => Node::Derive {
                value,
                default,
                scale,
            },
            Step::Split { arms, sticky, salt } => {
                let arms = arms.into_iter().map(|arm| SplitArm {
                    name: arm.name,
                    key: arm.key,
                    weight_ppm: arm.weight_ppm,
                    to: self.port(arm.to),
                });
                Node::Split {
                    arms: arms.collect(),
                    sticky,
                    salt,
                }
            }
            Step::Bandit(bandit) => self.bandit(bandit),
            Step::Auction(auction) => self.auction(auction),
            Step::Rotate(rotation) => self.rotate(rotation),
            Step::Rule(rule) => self.rule(rule),
        }
    }

    fn bandit(&self, bandit: DrawnBandit) -> Node {
        let DrawnBandit {
            arms,
            maximize,
            explore_ppm,
            segment_by,
            salt,
        } = bandit;
        let arms = arms.into_iter().map(|arm| BanditArm {
            name: arm.name,
            key: arm.key,
            to: self.port(arm.to),
        });
        Node::Bandit {
            arms: arms.collect(),
            maximize,
            explore_ppm,
            segment_by,
            salt,
        }
    }

    fn rotate(&self, rotation: Rotation) -> Node {
        let Rotation { by, zone, arms } = rotation;
        let arms = arms
            .into_iter()
            .map(|(name, target, to)| Rotation::arm(name, target, self.port(to)));
        Node::Rotate {
            by,
            zone,
            arms: arms.collect(),
        }
    }

    fn auction(&self, auction: HeldAuction) -> Node {
        let HeldAuction {
            bidders,
            reserve,
            deadline_ms,
        } = auction;
        let bidders = bidders.into_iter().map(|(to, penalty_ppm)| Bidder {
            to: self.port(to),
            penalty_ppm,
        });
        Node::Auction {
            bidders: bidders.collect(),
            reserve: reserve.map(|reserve| reserve.to_string()),
            deadline_ms,
        }
    }

    fn rule(&self, rule: Rule) -> Node {
        match rule {
            Rule::When {
                condition,
                then,
                otherwise,
            } => Node::When {
                condition,
                then: self.port(then),
                otherwise: self.port(otherwise),
            },
            Rule::Switch {
                on,
                cases,
                otherwise,
            } => {
                let cases = cases.into_iter().map(|(values, to)| Case {
                    values,
                    to: self.port(to),
                });
                Node::Switch {
                    on,
                    cases: cases.collect(),
                    otherwise: self.port(otherwise),
                }
            }
            Rule::Table {
                hit,
                columns,
                rows,
                otherwise,
            } => {
                let rows = rows.into_iter().map(|(cells, condition, to)| Row {
                    cells,
                    condition,
                    to: self.port(to),
                });
                Node::Table {
                    hit,
                    columns,
                    rows: rows.collect(),
                    otherwise: otherwise.map(|step| self.port(step)),
                }
            }
        }
    }
}

/// The names that steps have of their own.
fn taken(all: &[Made]) -> BTreeSet<&str> {
    let mut owners: BTreeMap<&str, &Made> = BTreeMap::new();
    for made in all {
        let Some(name) = made.own_name() else {
            continue;
        };
        match owners.entry(name) {
            Entry::Vacant(vacant) => {
                vacant.insert(made);
            }
            Entry::Occupied(owner) => panic!(
                "two steps are called `{name}`: one of {}, one of {}; give each its own name",
                owner.get().at,
                made.at
            ),
        }
    }
    owners.into_keys().collect()
}
