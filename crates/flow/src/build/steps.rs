//! The steps of a flow while it is being written.

use std::{cell::RefCell, marker::PhantomData, panic::Location};

use pointsman_lead::Currency;

use super::Builder;
use crate::{Dedupe, Node, OfKind};

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

    /// What a node has in the place of this port until all steps have their names: the position.
    pub(super) fn position(self) -> String {
        self.step.to_string()
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

/// What a flow says besides its steps.
pub(super) struct Settings {
    pub(super) currency: Currency,
    pub(super) max_sold: u8,
    pub(super) dedupe: Option<Dedupe>,
    pub(super) title: Option<String>,
    pub(super) notes: Option<String>,
}

/// All steps so far. Shared by the handles of one flow, which is why it changes from within.
pub(super) struct Steps {
    all: RefCell<Vec<Made>>,
    pub(super) settings: RefCell<Settings>,
}

/// A step with positions for ports, the name that it was given, and where in the code.
pub(super) struct Made {
    pub(super) node: Node,
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
                dedupe: None,
                title: None,
                notes: None,
            }),
        }
    }
}

impl Steps {
    #[track_caller]
    pub(super) fn add(&self, node: impl Into<Node>) -> StepIdx {
        let mut all = self.all.borrow_mut();
        all.push(Made {
            node: node.into(),
            name: None,
            at: Location::caller(),
        });
        all.len() - 1
    }

    #[track_caller]
    pub(super) fn add_named(&self, name: &str, node: impl Into<Node>) -> StepIdx {
        let idx = self.add(node);
        self.name(idx, name);
        idx
    }

    #[track_caller]
    pub(super) fn name(&self, idx: StepIdx, name: &str) {
        let made = &mut self.all.borrow_mut()[idx];
        made.name = Some(name.to_owned());
        made.at = Location::caller();
    }

    /// Changes a step of the kind that it was made as.
    pub(super) fn change<K: OfKind>(&self, idx: StepIdx, change: impl FnOnce(&mut K)) {
        if let Some(node) = K::of_mut(&mut self.all.borrow_mut()[idx].node) {
            change(node);
        }
    }

    pub(super) fn find_destination(&self, name: &str) -> Option<StepIdx> {
        let all = self.all.borrow();
        all.iter()
            .position(|made| made.node.destination("") == Some(name))
    }

    /// All steps in the order in which they were made, and what is said besides them.
    pub(super) fn into_parts(self) -> (Vec<Made>, Settings) {
        (self.all.into_inner(), self.settings.into_inner())
    }
}

impl Made {
    /// The name that the step was given, or that a destination has.
    pub(super) fn own_name(&self) -> Option<&str> {
        self.name.as_deref().or_else(|| self.node.destination(""))
    }
}
