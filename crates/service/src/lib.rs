//! Intake, delivery driver, learner and queue of jobs: everything between the doors and the database.
//!
//! [`Platform`] is the whole of it. A lead goes through [`Platform::submit`]: parsed in the caller's
//! task, decided and stored by the one writer in commit order, offered by a driver task, settled by
//! the writer again. Postbacks go through [`Platform::report`]. What was learned from both becomes
//! a new allocation at most once a second.

mod active_lead;
mod attribution;
mod auction;
mod clock;
mod commit_history;
pub mod config;
mod driver;
mod explain;
mod ident;
mod intake;
mod jobs;
mod learn;
mod library;
mod platform;
mod postback;
mod record;
mod recover;
mod request;
mod restate;
mod rotation;
mod route;
mod stored;
mod supervise;
mod unreadable;
mod verify;
mod writer;

pub use clock::{Clock, ClockBehind, ManualClock};
pub use explain::{
    ArmShare, BanditExplanation, BidExplanation, BidRank, Candidate, ChoiceExplanation, DivertedBy,
    DrawExplanation, EndExplanation, Explanation, Point, RotationExplanation, StepExplanation,
    Turn, TurnExplanation, WhatIf, WhatIfLead, WhatIfVersion, Why, explain, what_if,
};
pub use jobs::{Cancelled, Checked, Jobs, Kind, Report};
pub use learn::rebuild;
pub use platform::{Error, Options, Platform};
pub use postback::PostbackOutcome;
pub use record::{BanditRecord, BidRecord, OriginRecord, OutlookRecord, TraceRecord};
pub use request::{LeadOutcome, LeadRequest, Mode, Refused};
pub use restate::restate;
pub use rotation::{RotationArmRecord, RotationRecord, order_names, rotations_of};
pub use route::{Route, Routes};
pub use stored::{bids_of, outlook_of, trace_of};
pub use supervise::Broken;
pub use unreadable::unreadable;
pub use verify::{Mismatch, Verification, verify};
