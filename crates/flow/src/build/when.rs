//! Steps that choose by a predicate or by one value.

use std::marker::PhantomData;

use super::{Builder, Column, Port, Predicate, ValueOf, predicate::literal};
use crate::{Case, SwitchNode, WhenNode};

/// A `when` that does not say yet where the leads go that it is true of.
#[must_use = "say `.then(port).otherwise(port)`"]
pub struct When<'f, L> {
    builder: Builder<'f, L>,
    condition: String,
}

/// A `when` that does not say yet where all other leads go.
#[must_use = "say `.otherwise(port)`"]
pub struct Then<'f, L> {
    when: When<'f, L>,
    then: String,
}

/// A `switch` that does not say yet where all other leads go.
#[must_use = "say `.otherwise(port)`"]
pub struct Switch<'f, L, T> {
    builder: Builder<'f, L>,
    on: String,
    cases: Vec<Case>,
    value: PhantomData<fn() -> T>,
}

impl<'f, L> Builder<'f, L> {
    /// Chooses between two ports by a predicate.
    pub fn when(self, predicate: Predicate<'f, L>) -> When<'f, L> {
        When {
            builder: self,
            condition: predicate.into_text(),
        }
    }

    /// Chooses a port by the value of a field, or of a scorecard or derived value (as `&value`).
    pub fn switch<C: Column<'f, L>>(self, on: C) -> Switch<'f, L, C::Value> {
        Switch {
            builder: self,
            on: on.column(),
            cases: Vec::new(),
            value: PhantomData,
        }
    }
}

impl<'f, L> When<'f, L> {
    /// Where leads go that the predicate is true of.
    pub fn then(self, port: impl Into<Port<'f, L>>) -> Then<'f, L> {
        Then {
            when: self,
            then: port.into().position(),
        }
    }
}

impl<'f, L> Then<'f, L> {
    /// Where leads go that the predicate is false or unknown of.
    #[track_caller]
    pub fn otherwise(self, port: impl Into<Port<'f, L>>) -> Port<'f, L> {
        let Self {
            when: When { builder, condition },
            then,
        } = self;
        let otherwise = port.into().position();
        Port::at(
            builder,
            builder.steps.add(WhenNode {
                condition,
                then,
                otherwise,
            }),
        )
    }
}

impl<'f, L, T: pointsman_lead::FieldValue> Switch<'f, L, T> {
    /// Where leads with one of these values go.
    pub fn case(
        mut self,
        values: impl IntoIterator<Item = impl ValueOf<T>>,
        port: impl Into<Port<'f, L>>,
    ) -> Self {
        let values = values
            .into_iter()
            .map(|value| literal(&value.into_value()))
            .collect();
        let to = port.into().position();
        self.cases.push(Case { values, to });
        self
    }

    /// Where leads with any other value or with none go.
    #[track_caller]
    pub fn otherwise(self, port: impl Into<Port<'f, L>>) -> Port<'f, L> {
        let Self {
            builder,
            on,
            cases,
            value: _,
        } = self;
        let otherwise = port.into().position();
        Port::at(
            builder,
            builder.steps.add(SwitchNode {
                on,
                cases,
                otherwise,
            }),
        )
    }
}

impl<L> std::fmt::Debug for When<'_, L> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "When({})", self.condition)
    }
}

impl<L> std::fmt::Debug for Then<'_, L> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Then({})", self.when.condition)
    }
}

impl<L, T> std::fmt::Debug for Switch<'_, L, T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Switch({})", self.on)
    }
}
