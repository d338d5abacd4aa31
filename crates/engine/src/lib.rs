//! Leads and postbacks in, offers out: everything between whoever lets a lead in and the database.
//!
//! A lead goes through [`Intake::submit`]: parsed in the caller's task, decided and stored by the one
//! sequencer in commit order, offered by a task of the dispatcher, settled by the sequencer again.
//! Postbacks go through [`Postbacks::report`]. What was learned from both becomes a new allocation at most
//! once a second. The engine knows neither how flows are configured nor HTTP in.

mod active_lead;
mod bulk;
mod dispatcher;
mod engine;
mod erasures;
mod error;
mod experiments;
mod figures;
mod fingerprint;
mod follower;
mod housekeeping;
mod ident;
mod intake;
mod jobs;
mod lead_return;
mod learner;
mod lease;
mod own_thread;
mod payouts;
mod postback;
mod postback_sender;
mod postbacks;
mod recovery;
mod release;
mod releases;
mod request;
mod returns;
mod rollups;
mod sequencer;
mod shadows;
mod snapshots;
mod source_postbacks;
mod status;
mod step_result;
mod supervise;
mod trial;

pub use bulk::{BulkOperations, BulkStep};
pub use dispatcher::Dispatcher;
pub use engine::{Engine, Options};
pub use erasures::erase_now;
pub use error::Error;
pub use figures::Figures;
pub use intake::{Intake, Submitted, Suppression};
pub use jobs::{Cancelled, Checked, Job, JobError, JobState, Jobs, Kind, ReportProgress};
pub use lead_return::{ReturnRequest, ReturnSubject, ReturnVerdict};
pub use learner::Learner;
pub use postback::PostbackOutcome;
pub use postbacks::Postbacks;
pub use release::{ReleaseAnswer, ReleaseOutcome};
pub use releases::Releases;
pub use request::{GivenLead, LeadOutcome, LeadRequest, LeadState, Mode, Refused};
pub use returns::Returns;
pub use sequencer::{Reached, SequencerHandle};
pub use snapshots::write_snapshots;
pub use supervise::Broken;
pub use trial::{Trial, TrialLead};
