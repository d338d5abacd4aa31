//! The steps of a flow that is being written, and their names when it is done.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet, btree_map::Entry},
    marker::PhantomData,
    panic::Location,
};

use pointsman_lead::Currency;

use super::Builder;
use crate::{BanditArm, Cell, Document, Hit, Literal, Node, Objective, Points, SplitArm, document};

/// Invariant in `'f`, so that no port of one flow passes for one of another.
pub(super) type Brand<'f, L> = PhantomData<(fn(&'f ()) -> &'f (), fn() -> L)>;

/// Position of a step in the order in which they were made.
pub(super) type StepIdx = usize;

/// What another step may lead to: one step of the flow branded `'f`.
#[must_use = "a step that nothing leads to is never reached"]
pub struct Port<'f, L> {
    builder: Builder<'f, L>,
    step: StepIdx,
}

impl<'f, L> Port<'f, L> {
    pub(super) fn at(builder: Builder<'f, L>, step: StepIdx) -> Self {
        Self { builder, step }
    }

    pub(super) fn step(self) -> StepIdx {
        self.step
    }

    /// Names the step, in place of the name that it would get by its kind.
    #[track_caller]
    pub fn named(self, name: &str) -> Self {
        self.builder.steps.name(self.step, name);
        self
    }
}

/// `Copy` and `Debug` for what only refers to a flow: derived, they would ask the same of the lead.
macro_rules! plain {
    ($($name:ident),*) => {$(
        impl<L> Clone for $name<'_, L> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<L> Copy for $name<'_, L> {}

        impl<L> std::fmt::Debug for $name<'_, L> {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(stringify!($name))
            }
        }
    )*};
}
pub(super) use plain;
plain!(Port);

/// A step with its ports as positions. The document has names instead, known only at the end.
pub(super) enum Step {
    Destination(String),
    Reject(String),
    When {
        condition: String,
        then: StepIdx,
        otherwise: StepIdx,
    },
    Switch {
        on: String,
        cases: Vec<(Vec<Literal>, StepIdx)>,
        otherwise: StepIdx,
    },
    Table {
        hit: Hit,
        columns: Vec<String>,
        rows: Vec<(Vec<Cell>, StepIdx)>,
        otherwise: Option<StepIdx>,
    },
    Split {
        arms: Vec<(String, u32, StepIdx)>,
        sticky: Option<String>,
    },
    Bandit(DrawnBandit),
    Waterfall(Vec<StepIdx>),
    Scorecard(Vec<Points>),
}

pub(super) struct DrawnBandit {
    pub(super) arms: Vec<(Option<String>, StepIdx)>,
    pub(super) maximize: Objective,
    pub(super) explore_ppm: u32,
    pub(super) segment_by: Vec<String>,
}

/// What a flow says besides its steps.
pub(super) struct Settings {
    pub(super) currency: Currency,
    pub(super) max_sold: u8,
    pub(super) title: Option<String>,
    pub(super) notes: Option<String>,
}

/// All steps so far. Shared by the handles of one flow, which is why it changes from within.
pub(super) struct Steps {
    all: RefCell<Vec<Made>>,
    pub(super) settings: RefCell<Settings>,
}

struct Made {
    step: Step,
    name: Option<String>,
    at: &'static Location<'static>,
}

impl Default for Steps {
    fn default() -> Self {
        Self {
            all: RefCell::default(),
            settings: RefCell::new(Settings {
                currency: Currency::USD,
                max_sold: 1,
                title: None,
                notes: None,
            }),
        }
    }
}

impl Steps {
    #[track_caller]
    pub(super) fn add(&self, step: Step) -> StepIdx {
        let mut all = self.all.borrow_mut();
        all.push(Made {
            step,
            name: None,
            at: Location::caller(),
        });
        all.len() - 1
    }

    #[track_caller]
    pub(super) fn add_named(&self, name: &str, step: Step) -> StepIdx {
        let idx = self.add(step);
        self.name(idx, name);
        idx
    }

    #[track_caller]
    pub(super) fn name(&self, idx: StepIdx, name: &str) {
        let made = &mut self.all.borrow_mut()[idx];
        made.name = Some(name.to_owned());
        made.at = Location::caller();
    }

    pub(super) fn change(&self, idx: StepIdx, change: impl FnOnce(&mut Step)) {
        change(&mut self.all.borrow_mut()[idx].step);
    }

    pub(super) fn find_destination(&self, name: &str) -> Option<StepIdx> {
        let all = self.all.borrow();
        all.iter()
            .position(|made| matches!(&made.step, Step::Destination(known) if known == name))
    }

    pub(super) fn into_document(self, flow: &str, vertical: &str, root: StepIdx) -> Document {
        let Self { all, settings } = self;
        let all = all.into_inner();
        let names = names(&all);
        let nodes = all
            .into_iter()
            .zip(&names)
            .map(|(made, name)| (name.clone(), made.step.into_node(name, &names)))
            .collect();
        let Settings {
            currency,
            max_sold,
            title,
            notes,
        } = settings.into_inner();
        Document {
            flow: flow.to_owned(),
            vertical: vertical.to_owned(),
            currency,
            root: names[root].clone(),
            max_sold,
            nodes,
            title,
            notes,
        }
    }
}

/// A name for each step: its own, or one after its kind that nobody took.
fn names(all: &[Made]) -> Vec<String> {
    let mut owners: BTreeMap<&str, &Made> = BTreeMap::new();
    for made in all {
        let name = match (&made.name, &made.step) {
            (Some(name), _) | (None, Step::Destination(name)) => name,
            (None, _) => continue,
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
    let taken: BTreeSet<&str> = owners.into_keys().collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    all.iter()
        .map(|made| match (&made.name, &made.step) {
            (Some(name), _) | (None, Step::Destination(name)) => name.clone(),
            (None, step) => {
                let count = counts.entry(step.kind()).or_default();
                loop {
                    *count += 1;
                    let name = format!("{}-{count}", step.kind());
                    if !taken.contains(name.as_str()) {
                        break name;
                    }
                }
            }
        })
        .collect()
}

impl Step {
    fn kind(&self) -> &'static str {
        match self {
            Self::Destination(_) => "destination",
            Self::Reject(_) => "reject",
            Self::When { .. } => "when",
            Self::Switch { .. } => "switch",
            Self::Table { .. } => "table",
            Self::Split { .. } => "split",
            Self::Bandit(_) => "bandit",
            Self::Waterfall(_) => "waterfall",
            Self::Scorecard(_) => "scorecard",
        }
    }

    fn into_node(self, name: &str, names: &[String]) -> Node {
        let port = |step: StepIdx| names[step].clone();
        match self {
            Self::Destination(destination) => Node::Destination {
                destination: Some(destination).filter(|destination| destination != name),
            },
            Self::Reject(reason) => Node::Reject { reason },
            Self::When {
                condition,
                then,
                otherwise,
            } => Node::When {
                condition,
                then: port(then),
                otherwise: port(otherwise),
            },
            Self::Switch {
                on,
                cases,
                otherwise,
            } => {
                let case = |(values, to)| document::Case {
                    values,
                    to: port(to),
                };
                let cases = cases.into_iter().map(case).collect();
                Node::Switch {
                    on,
                    cases,
                    otherwise: port(otherwise),
                }
            }
            Self::Table {
                hit,
                columns,
                rows,
                otherwise,
            } => {
                let row = |(cells, to)| document::Row {
                    cells,
                    to: port(to),
                };
                let rows = rows.into_iter().map(row).collect();
                Node::Table {
                    hit,
                    columns,
                    rows,
                    otherwise: otherwise.map(port),
                }
            }
            Self::Split { arms, sticky } => {
                let arm = |(name, weight_ppm, to)| SplitArm {
                    name: Some(name),
                    weight_ppm,
                    to: port(to),
                };
                Node::Split {
                    arms: arms.into_iter().map(arm).collect(),
                    sticky,
                }
            }
            Self::Bandit(DrawnBandit {
                arms,
                maximize,
                explore_ppm,
                segment_by,
            }) => {
                let arm = |(name, to)| BanditArm { name, to: port(to) };
                let arms = arms.into_iter().map(arm).collect();
                Node::Bandit {
                    arms,
                    maximize,
                    explore_ppm,
                    segment_by,
                }
            }
            Self::Waterfall(to) => Node::Waterfall {
                to: to.into_iter().map(port).collect(),
            },
            Self::Scorecard(points) => Node::Scorecard { points },
        }
    }
}
