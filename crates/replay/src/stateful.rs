//! Replays in the order of time, where one lead's fate depends on another's: caps fill, breakers open, rotations turn, and
//! bandits learn from what their own offers brought.
//!
//! * `Machine` lets leads, answers and reports happen in their order. It folds the same [`pointsman_ledger::Ledger`], walks with
//!   the same [`pointsman_router::Walk`], and learns with the same [`pointsman_bandit::publish_some`] as the live service.
//! * `AnswerSource` says what comes back for an offer: what the log recorded, or what a model of it draws.
//! * [`StatefulReport`] is what it comes to.

mod active;
mod answers;
mod compared;
mod curve;
mod draws;
mod learner;
mod machine;
mod model;
mod paths;
mod queue;
mod run;
mod service;
mod totals;
mod world;

pub use compared::{Interval, SeedMoney, Seeds, StatefulDifference, StatefulReport};
pub use curve::{WeightCurve, WeightPoint};
pub use learner::LoggedLook;
pub use service::{ServiceCheck, ServiceState};
pub use totals::{Differences, Limited, StatefulOutcome};
pub(crate) use {
    learner::LearningPace,
    model::{Model, ModelPlan},
    run::{AnswersFrom, Compared, StatefulPlan, StatefulRun},
    world::World,
};
