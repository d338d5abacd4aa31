//! What was decided and what became of it, read back from the database: in commit order, a walk at a
//! time, a lead at a time. Decisions are verified, explained and learned from here; nothing is decided.
//!
//! The live service and every reading of the past use the same records, the same attribution of rewards
//! and the same library of programs, so that they cannot differ. The crate knows neither who takes leads
//! in nor who configures flows. It does not know SQL: rows come from the store.

mod allocations;
mod attempt;
mod bulk;
mod clock;
mod commit_log;
mod covariates;
mod currencies;
mod delta;
mod erasure;
mod error;
mod experiments;
mod explain;
mod exposure;
mod hash_key;
mod holds;
mod lead_keys;
mod library;
mod lists;
mod live;
mod metrics;
mod money;
mod open;
mod page;
mod person;
mod progress;
mod read;
mod rebuild;
pub mod record;
mod restate;
mod rollup;
pub mod rotation;
mod shadow_sums;
mod shadow_walk;
mod shadows;
mod snapshot;
mod source_postbacks;
mod stored;
mod stored_events;
mod stored_walk;
mod totals;
mod unreadable;
mod verify;
mod walk_as_of;
mod walk_rows;

pub use allocations::allocations;
pub use attempt::AttemptOutcome;
pub use bulk::{
    BULK_ITEMS_MAX, BulkAction, BulkAnswer, BulkFilter, BulkItem, BulkItemDone, BulkJob,
    BulkOutcome, BulkPreview, BulkResult, finish_bulk_item, listed_items, open_bulk_jobs,
};
pub use clock::{Clock, ClockBehind, ManualClock, span};
pub use commit_log::{CommitLog, Committed, LoggedCommit, Look, ReportedOffer};
pub use covariates::is_covariate;
pub use delta::ConversionDelta;
pub use erasure::{Eraser, KeptOfLead};
pub use error::Error;
pub use experiments::OpenExperiment;
pub use explain::{
    ArmShare, BanditExplanation, BidExplanation, BidRank, Candidate, CandidateOutcome,
    ChoiceExplanation, DivertedBy, DrawExplanation, EndExplanation, Explanation, Point, Present,
    RotationExplanation, StepExplanation, Turn, TurnExplanation, WhatIf, WhatIfLead, WhatIfVersion,
    explain, what_if,
};
pub use exposure::{Drawn, drawn_arm};
pub use hash_key::{hash_key, keep_hash_key};
pub use holds::{AskedPredicate, Holds};
pub use lead_keys::{HeldKeys, LeadKeys, duplicate_of, duplicate_reason};
pub use library::{Library, latest_allocation};
pub use lists::{keep_list, read_list, with_lists};
pub use live::{CandidateRoute, LiveRoutes, Route, Routes, SourceRoute};
pub use metrics::{Metrics, MetricsBucket, MetricsDimension, MetricsPoint, MetricsQuestion};
pub use money::{
    ENTRY_COLUMNS, EntryKind, MoneyCheck, MoneyEntry, MoneyStatement, PayoutFold,
    STATEMENT_COLUMNS, StatementLine, StatementParty, StatementQuestion, StatementTotal, csv_line,
    statement_csv,
};
pub use open::open;
pub use page::{Page, Place};
pub use person::{PersonKey, identifies, keep_person_key, person_key, person_key_to_look};
pub use pointsman_router::RewardAttribution;
pub use pointsman_source::{
    PayoutKind, PostbackEvent, PostbackFormat, PostbackMethod, PostbackRequest,
};
pub use pointsman_store::{BulkJobState, SourcePostbackState};
pub use progress::Progress;
pub use read::{
    Alert, AlertKind, AllocationEpoch, Attempt, Conversion, ConversionStatus, Decision,
    DecisionStep, Delivery, DeliveryCount, DeliveryFilter, DeliveryRelease, DeliveryState,
    DueDelivery, EndState, History, Lead, LeadCount, LeadFilter, LeadGiven, LeadMark, LeadReturn,
    LeadStatus, LeadsSince, NewLeads, OutboxKind, POINTS_MAX, ParkedPostback, ParkedPostbackFilter,
    ParkedReason, Payout, RefusedCommand, RefusedKind, ReleaseOrigin, Restatement, ReturnFilter,
    ReturnKind, ReturnOrigin, ReturnState, SegmentWeights, Server, SourcePostback,
    SourcePostbackFilter, StepKind, WeightsOverTime, WeightsPoint,
};
pub use rebuild::rebuild;
pub use restate::restate;
pub use rollup::{
    LATENCY_BOUNDS_MS, LatencyRange, ROLLUP_FORMAT, RollupDifference, RollupFold, latency_quantile,
    rollup_differences,
};
pub use shadow_sums::ShadowSums;
pub use shadow_walk::{FirstChoice, Unknown};
pub use shadows::OpenShadow;
pub use snapshot::{Fold, FoldHash, Folded};
pub use source_postbacks::PostbackFold;
pub use stored::{bids_of, outlook_of, trace_of, unit_hashes_of};
pub use stored_events::{StoredEvent, StoredEvents, StoredReport, failures_of};
pub use stored_walk::{Inputs, StoredWalk, StoredWalks};
pub use totals::{status_of, totals_of};
pub use unreadable::unreadable;
pub use verify::{Mismatch, Verification, verify};
pub use walk_rows::{Reports, WalkRows, answer_of, settled_at};
