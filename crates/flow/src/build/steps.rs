//! The steps of a flow while it is being written.

use std::{cell::RefCell, marker::PhantomData, panic::Location};

use pointsman_lead::Currency;

use super::{Builder, auction::HeldAuction, rotate::Rotation};
use crate::{Cell, Hash, Hit, Literal, Objective, Points};

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
    Rule(Rule),
    Split {
        arms: Vec<DrawnArm>,
        sticky: Option<String>,
        salt: Option<String>,
    },
    Bandit(DrawnBandit),
    Rotate(Rotation),
    Auction(HeldAuction),
    Waterfall(Vec<StepIdx>),
    Scorecard(Vec<Points>),
    Subflow {
        flow: String,
        version: Option<Hash>,
    },
    Derive {
        value: String,
        default: Option<Literal>,
        scale: Option<u8>,
    },
}

/// A step that chooses by what the lead is like.
pub(super) enum Rule {
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
        /// Cells, predicate, port.
        rows: Vec<(Vec<Cell>, Option<String>, StepIdx)>,
        otherwise: Option<StepIdx>,
    },
}

pub(super) struct DrawnBandit {
    pub(super) arms: Vec<DrawnArm>,
    pub(super) maximize: Objective,
    pub(super) explore_ppm: u32,
    pub(super) segment_by: Vec<String>,
    pub(super) salt: Option<String>,
}

/// An arm of a split or bandit.
pub(super) struct DrawnArm {
    pub(super) name: Option<String>,
    pub(super) key: Option<String>,
    /// 0 for a bandit, which learns its weights.
    pub(super) weight_ppm: u32,
    pub(super) to: StepIdx,
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

/// A step, the name that it was given, and where in the code.
pub(super) struct Made {
    pub(super) step: Step,
    pub(super) name: Option<String>,
    pub(super) at: &'static Location<'static>,
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

    /// All steps in the order in which they were made, and what is said besides them.
    pub(super) fn into_parts(self) -> (Vec<Made>, Settings) {
        (self.all.into_inner(), self.settings.into_inner())
    }
}

impl Made {
    /// The name that the step was given, or that a destination has.
    pub(super) fn own_name(&self) -> Option<&str> {
        match (&self.name, &self.step) {
            (Some(name), _) | (None, Step::Destination(name)) => Some(name),
            (None, _) => None,
        }
    }
}

impl Step {
    /// The word for this kind of step, as in the document.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Destination(_) => "destination",
            Self::Reject(_) => "reject",
            Self::Rule(Rule::When { .. }) => "when",
            Self::Rule(Rule::Switch { .. }) => "switch",
            Self::Rule(Rule::Table { .. }) => "table",
            Self::Split { .. } => "split",
            Self::Bandit(_) => "bandit",
            Self::Rotate(_) => "rotate",
            Self::Auction(_) => "auction",
            Self::Waterfall(_) => "waterfall",
            Self::Scorecard(_) => "scorecard",
            Self::Subflow { .. } => "subflow",
            Self::Derive { .. } => "derive",
        }
    }
}
