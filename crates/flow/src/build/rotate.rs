//! Steps that try their arms in an order that history gives.

use pointsman_lead::Zone;

use super::{
    ArmPort, Builder, Port,
    steps::{StepIdx, plain},
};
use crate::{RotateArm, RotateBy, RotateNode};

/// How many leads an arm is to get: a day, a month, or both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    daily: Option<u32>,
    monthly: Option<u32>,
}

impl Target {
    /// So many leads from midnight to midnight.
    pub fn daily(n_leads: u32) -> Self {
        Self {
            daily: Some(n_leads),
            monthly: None,
        }
    }

    /// So many leads from the first of a month to the next.
    pub fn monthly(n_leads: u32) -> Self {
        Self {
            daily: None,
            monthly: Some(n_leads),
        }
    }

    /// And so many leads a month: the arm is as far as the fuller of both says.
    #[must_use]
    pub fn and_monthly(self, n_leads: u32) -> Self {
        Self {
            monthly: Some(n_leads),
            ..self
        }
    }
}

/// A rotation by deficit without arms, which is no port yet.
#[must_use = "add arms with `.arm(name, target, port)`"]
pub struct EmptyDeficit<'f, L> {
    builder: Builder<'f, L>,
    name: String,
    zone: String,
}

/// A rotation by deficit.
#[must_use = "a step that nothing leads to is never reached"]
pub struct Deficit<'f, L> {
    builder: Builder<'f, L>,
    step: StepIdx,
}

impl<'f, L> Builder<'f, L> {
    /// Tries the arm first that has waited longest for a lead.
    ///
    /// * `name`: leads are counted under this name.
    /// * `arms`: ports, or pairs of a name and a port.
    #[track_caller]
    pub fn rotate(
        self,
        name: &str,
        arms: impl IntoIterator<Item = impl Into<ArmPort<'f, L>>>,
    ) -> Port<'f, L> {
        let arms = arms.into_iter().map(|arm| {
            let (name, port) = arm.into().into_parts();
            RotateArm {
                name,
                to: port.position(),
                daily: None,
                monthly: None,
            }
        });
        let rotation = RotateNode {
            by: RotateBy::LeastRecentlySold,
            zone: None,
            arms: arms.collect(),
        };
        Port::at(self, self.steps.add_named(name, rotation))
    }

    /// Tries the arm first that is furthest behind its target. A target is no cap: an arm that has
    /// reached it comes last, and still gets what no other arm takes.
    ///
    /// * `name`: leads are counted under this name.
    /// * `zone`: where days and months begin at midnight.
    pub fn rotate_by_deficit(self, name: &str, zone: &Zone) -> EmptyDeficit<'f, L> {
        EmptyDeficit {
            builder: self,
            name: name.to_owned(),
            zone: zone.name().to_owned(),
        }
    }
}

impl<'f, L> EmptyDeficit<'f, L> {
    /// The first arm.
    ///
    /// * `name`: leads are counted under it.
    #[track_caller]
    pub fn arm(self, name: &str, target: Target, port: impl Into<Port<'f, L>>) -> Deficit<'f, L> {
        let Self {
            builder,
            name: rotation,
            zone,
        } = self;
        let node = RotateNode {
            by: RotateBy::Deficit,
            zone: Some(zone),
            arms: Vec::new(),
        };
        let deficit = Deficit {
            builder,
            step: builder.steps.add_named(&rotation, node),
        };
        deficit.arm(name, target, port)
    }
}

impl<'f, L> Deficit<'f, L> {
    /// One more arm.
    ///
    /// * `name`: leads are counted under it.
    pub fn arm(self, name: &str, target: Target, port: impl Into<Port<'f, L>>) -> Self {
        let Target { daily, monthly } = target;
        let arm = RotateArm {
            name: Some(name.to_owned()),
            to: port.into().position(),
            daily,
            monthly,
        };
        let steps = self.builder.steps;
        steps.change(self.step, |node: &mut RotateNode| node.arms.push(arm));
        self
    }

    /// It as a port, where arrays want ports alone.
    pub fn port(self) -> Port<'f, L> {
        Port::at(self.builder, self.step)
    }
}

impl<'f, L> From<Deficit<'f, L>> for Port<'f, L> {
    fn from(deficit: Deficit<'f, L>) -> Self {
        deficit.port()
    }
}

plain!(Deficit);

impl<L> std::fmt::Debug for EmptyDeficit<'_, L> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "EmptyDeficit({})", self.name)
    }
}
