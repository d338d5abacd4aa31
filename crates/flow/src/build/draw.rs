//! Steps that draw an arm: by fixed weights, or by weights that are learned.

use super::{
    Builder, FieldOf, Port,
    steps::{StepIdx, plain},
};
use crate::{BanditArm, BanditNode, LearningSettings, Objective, SplitArm, SplitNode};

/// An arm of a bandit or rotation: a port, or a pair of a name and a port.
///
/// Without a name it goes by that of its destination, or else of its step.
pub struct ArmPort<'f, L> {
    name: Option<String>,
    key: Option<String>,
    port: Port<'f, L>,
    floor_ppm: Option<u32>,
    ceiling_ppm: Option<u32>,
}

/// A bandit. It is a port already; what it maximizes, explores and learns apart may be said.
#[must_use = "a step that nothing leads to is never reached"]
pub struct Bandit<'f, L> {
    builder: Builder<'f, L>,
    step: StepIdx,
}

/// A split without arms, which is no port yet.
#[must_use = "add arms with `.arm(name, weight_ppm, port)`"]
pub struct EmptySplit<'f, L> {
    builder: Builder<'f, L>,
    name: String,
}

/// A split by fixed weights.
#[must_use = "a step that nothing leads to is never reached"]
pub struct Split<'f, L> {
    builder: Builder<'f, L>,
    step: StepIdx,
}

// Enough to notice a change in a few days, little enough not to be felt.
const EXPLORE_PPM: u32 = 20_000;

impl<'f, L> Builder<'f, L> {
    /// Draws an arm by weights that are learned: by net revenue, exploring 2 % of draws, if
    /// nothing else is said.
    ///
    /// * `name`: what it has learned is kept under this name.
    /// * `arms`: ports, or pairs of a name and a port.
    #[track_caller]
    pub fn bandit(
        self,
        name: &str,
        arms: impl IntoIterator<Item = impl Into<ArmPort<'f, L>>>,
    ) -> Bandit<'f, L> {
        let arms = arms.into_iter().map(|arm| {
            let ArmPort {
                name,
                key,
                port,
                floor_ppm,
                ceiling_ppm,
            } = arm.into();
            BanditArm {
                name,
                key,
                to: port.position(),
                floor_ppm,
                ceiling_ppm,
            }
        });
        let bandit = BanditNode {
            arms: arms.collect(),
            salt: None,
            maximize: Objective::default(),
            explore_ppm: EXPLORE_PPM,
            segment_by: Vec::new(),
            learning: LearningSettings::default(),
        };
        Bandit {
            builder: self,
            step: self.steps.add_named(name, bandit),
        }
    }

    /// Draws an arm by fixed weights.
    ///
    /// * `name`: draws depend on it, unless a salt is named, so that splits are independent of each other.
    pub fn split(self, name: &str) -> EmptySplit<'f, L> {
        EmptySplit {
            builder: self,
            name: name.to_owned(),
        }
    }
}

impl<'f, L> ArmPort<'f, L> {
    /// An arm that the draws of a bandit know by this key instead of its name: it keeps its people
    /// whatever it is called. A rotation does not draw, so there it changes nothing.
    #[must_use]
    pub fn keyed(self, key: &str) -> Self {
        Self {
            key: Some(key.to_owned()),
            ..self
        }
    }

    /// An arm that a bandit draws for at least this part of the leads, in parts per million. A rotation has no weights, so there
    /// it changes nothing.
    #[must_use]
    pub fn floor_ppm(self, ppm: u32) -> Self {
        Self {
            floor_ppm: Some(ppm),
            ..self
        }
    }

    /// An arm that a bandit draws for at most this part of the leads, in parts per million. A rotation has no weights, so there
    /// it changes nothing.
    #[must_use]
    pub fn ceiling_ppm(self, ppm: u32) -> Self {
        Self {
            ceiling_ppm: Some(ppm),
            ..self
        }
    }

    pub(super) fn into_parts(self) -> (Option<String>, Port<'f, L>) {
        (self.name, self.port)
    }
}

impl<'f, L> Bandit<'f, L> {
    /// What the weights are to raise.
    pub fn maximize(self, objective: Objective) -> Self {
        self.change(|bandit| bandit.maximize = objective)
    }

    /// The share of draws spread evenly over all arms, in all, in parts per million.
    pub fn explore_ppm(self, ppm: u32) -> Self {
        self.change(|bandit| bandit.explore_ppm = ppm)
    }

    /// Learns apart for each value of this field, and of those already given.
    pub fn segment_by<T>(self, field: FieldOf<L, T>) -> Self {
        self.change(|bandit| bandit.segment_by.push(field.name().to_owned()))
    }

    /// Draws by this text instead of the names of flow and node: the people keep their arms when those
    /// change.
    pub fn salt(self, text: &str) -> Self {
        self.change(|bandit| bandit.salt = Some(text.to_owned()))
    }

    /// How it learns, where that is not as usual:
    /// `LearningSettings { half_life_hours: Some(336), ..LearningSettings::default() }`.
    pub fn learning(self, learning: LearningSettings) -> Self {
        self.change(|bandit| bandit.learning = learning)
    }

    /// It as a port, where arrays want ports alone.
    pub fn port(self) -> Port<'f, L> {
        Port::at(self.builder, self.step)
    }

    fn change(self, change: impl FnOnce(&mut BanditNode)) -> Self {
        self.builder.steps.change(self.step, change);
        self
    }
}

impl<'f, L> EmptySplit<'f, L> {
    /// The first arm.
    ///
    /// * `name`: in readouts.
    /// * `weight_ppm`: share in parts per million; those of a split sum to 1,000,000.
    #[track_caller]
    pub fn arm(self, name: &str, weight_ppm: u32, port: impl Into<Port<'f, L>>) -> Split<'f, L> {
        let Self {
            builder,
            name: split,
        } = self;
        let node = SplitNode {
            arms: Vec::new(),
            sticky: None,
            salt: None,
        };
        let split = Split {
            builder,
            step: builder.steps.add_named(&split, node),
        };
        split.arm(name, weight_ppm, port)
    }
}

impl<'f, L> Split<'f, L> {
    /// One more arm.
    ///
    /// * `name`: in readouts.
    /// * `weight_ppm`: share in parts per million; those of a split sum to 1,000,000.
    pub fn arm(self, name: &str, weight_ppm: u32, port: impl Into<Port<'f, L>>) -> Self {
        let arm = SplitArm {
            name: Some(name.to_owned()),
            key: None,
            weight_ppm,
            to: port.into().position(),
        };
        self.change(|split| split.arms.push(arm))
    }

    /// The key of the arm that was added last: what draws know it by, instead of its name. It keeps its
    /// people whatever it is called.
    pub fn keyed(self, key: &str) -> Self {
        self.change(|split| {
            if let Some(arm) = split.arms.last_mut() {
                arm.key = Some(key.to_owned());
            }
        })
    }

    /// Draws by this text instead of the names of flow and node: the people keep their arms when those
    /// change.
    pub fn salt(self, text: &str) -> Self {
        self.change(|split| split.salt = Some(text.to_owned()))
    }

    /// Gives equal values of this field the same arm; without it, each lead draws for itself.
    pub fn sticky<T>(self, field: FieldOf<L, T>) -> Self {
        self.change(|split| split.sticky = Some(field.name().to_owned()))
    }

    fn change(self, change: impl FnOnce(&mut SplitNode)) -> Self {
        self.builder.steps.change(self.step, change);
        self
    }

    /// It as a port, where arrays want ports alone.
    pub fn port(self) -> Port<'f, L> {
        Port::at(self.builder, self.step)
    }
}

impl<'f, L> From<Bandit<'f, L>> for Port<'f, L> {
    fn from(bandit: Bandit<'f, L>) -> Self {
        bandit.port()
    }
}

impl<'f, L> From<Split<'f, L>> for Port<'f, L> {
    fn from(split: Split<'f, L>) -> Self {
        split.port()
    }
}

impl<'f, L, P: Into<Port<'f, L>>> From<P> for ArmPort<'f, L> {
    fn from(port: P) -> Self {
        Self {
            name: None,
            key: None,
            port: port.into(),
            floor_ppm: None,
            ceiling_ppm: None,
        }
    }
}

impl<'f, L, P: Into<Port<'f, L>>> From<(&str, P)> for ArmPort<'f, L> {
    fn from((name, port): (&str, P)) -> Self {
        Self {
            name: Some(name.to_owned()),
            key: None,
            port: port.into(),
            floor_ppm: None,
            ceiling_ppm: None,
        }
    }
}

plain!(Bandit, Split);

impl<L> std::fmt::Debug for EmptySplit<'_, L> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "EmptySplit({})", self.name)
    }
}

impl<L> std::fmt::Debug for ArmPort<'_, L> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "ArmPort({:?})", self.name)
    }
}
