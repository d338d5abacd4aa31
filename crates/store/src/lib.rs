//! SQL: SQLite by default, PostgreSQL where one machine is not enough.
//!
//! The only crate that knows SQL. What goes in and comes out are plain rows: ids and JSON are text,
//! times are whole microseconds since 1970 in UTC, money is in whole micro-units of the flow's
//! currency, and sequence numbers are handed in by the service.
//!
//! One writer at a time, many readers. [`Store::begin`] gives a transaction that may write, and the next
//! caller waits for it; [`Store::read`] reads what was committed last and never waits for the writer.
//! A file is served by one process: a second one gets [`Error::Locked`]. A server is shared by any number of
//! them, and its row `commit_order` puts their transactions in one order. [`Store::open_read_only`] is for tools
//! that look at a database while others write.
//!
//! ```
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use pointsman_store::{JobRow, JobState, Options, Store};
//!
//! let folder = tempfile::tempdir()?;
//! let url = format!("sqlite://{}", folder.path().join("pointsman.db").display());
//! let store = Store::open(&url, &Options::default()).await?;
//! let job = JobRow {
//!     id: "job_1".to_owned(),
//!     kind: "replay".to_owned(),
//!     state: JobState::Pending,
//!     params_body: "{}".to_owned(),
//!     progress: 0.0,
//!     result_body: None,
//!     error: None,
//!     created_at: 1_700_000_000_000_000,
//!     updated_at: 1_700_000_000_000_000,
//!     attempts: 0,
//! };
//! store
//!     .write(|tx| Box::pin(async move { tx.insert_job(job).await }))
//!     .await?;
//! assert_eq!(store.read().pending_jobs().await?.len(), 1);
//! store.close().await?;
//! # Ok(())
//! # }
//! ```
//!
//! # One more table
//!
//! A migration in `migrations/`, then a file in `tables/` with the row and its queries, then the row
//! among the exports below. A query that pages or streams needs an index that ends in its key.

mod batch;
mod commit_order;
mod copy;
mod error;
mod keys;
mod options;
mod page;
mod postgres;
mod read;
mod session;
mod sqlite;
mod store;
mod tables;
mod url;
mod write;

pub use commit_order::Order;
pub use copy::CopiedFile;
pub use error::Error;
pub use keys::{MasterKeys, MasterKeysError, Older};
pub use options::{Durability, Options};
pub use page::{Cursor, CursorError, Keyed, Page};
pub use read::Read;
pub use store::Store;
pub use tables::{
    accepted_clock::{LastMoment, Model as AcceptedClockRow},
    alert::{AlertUpdate, Model as AlertRow},
    allocation::Model as AllocationRow,
    allocation_entry::{Model as AllocationEntryRow, WeightsRow},
    attempt::{AttemptFinish, Model as AttemptRow},
    bulk_job::{
        BulkJobState, Model as BulkJobRow,
        item::{BulkResult, ListedItems, Model as BulkItemRow},
    },
    catalog::Model as CatalogRow,
    commit_log::Model as CommitLogRow,
    console_session::Model as ConsoleSessionRow,
    conversion::{ConversionStatus, ConversionUpdate, Model as ConversionRow},
    data_key::Model as DataKeyRow,
    decision::{DecisionEnd, EndState, Model as DecisionRow},
    decision_step::{BidsUpdate, Model as DecisionStepRow, StepKind},
    dedupe_hold::Model as DedupeHoldRow,
    delivery::{
        DeliveryState, DeliveryUpdate, Model as DeliveryRow,
        late::LATE_ACCEPTANCE,
        listing::{DeliveryCount, DeliveryFilter},
    },
    delivery_release::{Model as DeliveryReleaseRow, ReleaseOrigin, Reopened},
    destination::{Model as DestinationRow, NewDestination},
    erasure::{
        ErasureKind, ErasureState, ErasureUpdate, Model as ErasureRow,
        lead::{ErasedLead, Model as LeadErasureRow},
        retention::Model as RetentionRow,
        suppression::Model as SuppressionRow,
    },
    experiment::{
        ExperimentState, ExperimentUpdate, Model as ExperimentRow,
        change::Model as ExperimentChangeRow,
        covariates::ExperimentCovariates,
        lead::{FirstArm, Model as ExperimentLeadRow},
        sums::{AssignedUnits, ExperimentCount, ExperimentSums, ExperimentUnit},
    },
    flow::{Draft, Model as FlowRow},
    flow_version::{Model as FlowVersionRow, NewFlowVersion, Published},
    job::{JobState, JobUpdate, Model as JobRow},
    lead::{
        ERASED, LeadStatus, LeadUpdate, Mode, Model as LeadRow,
        listing::{LeadCount, LeadFilter},
        live::{LeadMark, LeadsInOrder},
        sums::{LeadSums, PastLead},
    },
    lead_given::Model as LeadGivenRow,
    lead_return::{Model as ReturnRow, ReturnFilter, ReturnKind, ReturnOrigin, ReturnState},
    lead_schema::{Model as LeadSchemaRow, NewLeadSchema},
    lease::{Model as LeaseRow, NewLease},
    named_list::{
        Model as NamedListRow, NewNamedList, part::Model as ListPartRow,
        version::Model as NamedListVersionRow,
    },
    outbox::{Model as OutboxRow, OutboxKind},
    parked_postback::{Model as ParkedPostbackRow, ParkedPostbackFilter, ParkedReason},
    payout::Model as PayoutRow,
    payout_terms::Model as PayoutTermsRow,
    personal_read::Model as PersonalReadRow,
    postback_settings::Model as PostbackSettingsRow,
    refused_command::Model as RefusedCommandRow,
    restatement::{Model as RestatementRow, progress::Model as RestatementProgressRow},
    rollout::{Model as RolloutRow, RolloutCause, RolloutState, change::Model as RolloutChangeRow},
    rollup::{
        ROLLUP_PARTS, ROLLUP_SUMS, RollupCell, RollupKey, RollupProgress,
        sums::{RollupQuery, RollupSums},
    },
    settings_change::{Model as SettingsChangeRow, NewSettingsChange, SettingsChangeFilter},
    shadow::{
        Model as ShadowRow, NewShadow, ShadowEnd,
        catalog::Model as ShadowCatalogRow,
        sums::{Model as ShadowCellRow, lead::Model as ShadowLeadRow},
    },
    sign_in_link::Model as SignInLinkRow,
    snapshot::Model as SnapshotRow,
    source::{Model as SourceRow, NewSource},
    source_postback::{
        Model as SourcePostbackRow, SourcePostbackCounts, SourcePostbackFilter,
        SourcePostbackState, sending::PostbackAttempt,
    },
    stage::{ExpectedStage, Model as StageRow, StageTarget},
    stage_move::Model as StageMoveRow,
    statement::{StatementCurrency, StatementPart, StatementParty, StatementQuery, StatementSum},
    token::Model as TokenRow,
};
pub use write::{Expected, Work, WriteTx};
