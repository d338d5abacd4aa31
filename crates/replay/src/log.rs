//! History as it is replayed: one row a lead, also those never offered.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use pointsman_lead::{Fields, Micros, Timestamp};
use pointsman_ledger::OrderNames;
use pointsman_router::{Answer, UnitHashes};

mod alike;
mod batch;
mod cells;
mod columns;
mod csv;
pub(crate) mod dates;
mod fields;
mod file;
mod findings;
mod flat;
mod format;
mod gatherer;
mod guess;
mod header;
mod kind;
pub(crate) mod lead_batch;
mod line;
mod ndjson;
pub(crate) mod numbers;
mod own;
mod parquet;
pub(crate) mod parts;
mod payments;
mod pings;
mod read;
mod repeats;
mod row_read;
mod rows;
pub(crate) mod shown;
mod survey;
mod table;
mod texts;
mod timeline;
mod times;
mod write;

pub use columns::{Columns, Destinations};
pub use csv::{Dialect, Encoding, FileRow, RowReader};
pub use dates::DateOrder;
pub use file::{Log, Mapping};
pub use format::{Format, RepeatedOffers};
pub use numbers::Numbers;
pub(crate) use payments::Late;
pub use payments::Payment;
pub use survey::Survey;
pub use timeline::{Answered, CommitTime, Reported, Timeline};
pub use times::TimeUnit;
pub use write::write_parquet;
pub(crate) use {
    cells::Cells,
    csv::{Flaw, FlawKind, Packing, Unpacked},
    findings::Findings,
    line::note_flaw,
    table::Table,
};

/// The destinations that were free at a moment, by name. Shared, because few sets repeat often.
pub type Available = Arc<[Arc<str>]>;

/// One lead with everything that was done with it.
#[derive(Debug, Clone, PartialEq)]
pub struct LogLead {
    /// Names the lead in its log.
    pub lead_id: String,
    /// When it came in.
    pub received_at: Timestamp,
    /// What its draws were made by.
    pub unit_key: String,
    /// The hashes that its sticky nodes drew by, by field, as far as the log says.
    pub unit_hashes: UnitHashes,
    /// Leads of one cluster are not independent: the same person, the same source.
    pub cluster: Option<String>,
    /// Number of the allocation that its bandits drew by.
    pub epoch: Option<u64>,
    /// Its values, in the order of the log's schema.
    pub fields: Fields,
    /// Its offers, in the order in which they were made.
    pub offers: Vec<LogOffer>,
    /// Its pings, in the order in which they were made; empty for a log that knows none.
    pub pings: Vec<LogPing>,
    /// How its walk ended, where the log says so.
    pub end: Option<LogEnd>,
    /// When all of that happened, where the log says so.
    pub timeline: Option<Timeline>,
}

/// One ping: destinations that were asked for a bid at once.
#[derive(Debug, Clone, PartialEq)]
pub struct LogPing {
    /// How many offers of the lead came before it.
    pub after_offers: usize,
    /// Who was asked.
    pub asked: BTreeSet<Arc<str>>,
    /// What those bid that did.
    pub bids: BTreeMap<Arc<str>, Micros>,
    /// Probability in (0, 1] that just these were asked next, given the answers before.
    pub propensity: f64,
    /// The destinations that were free, if the log says so.
    pub available: Option<Available>,
    /// The probabilities of all outcomes of this step, if the log says so.
    pub outlook: Option<Arc<LogOutlook>>,
    /// The order in which rotations tried their arms, if the log says so.
    pub orders: Option<OrderNames>,
}

/// One offer of a lead to a destination.
#[derive(Debug, Clone, PartialEq)]
pub struct LogOffer {
    /// Who got the lead.
    pub destination: Arc<str>,
    /// Probability in (0, 1] that this destination was next, given the answers before; not a number where the log does not tell.
    pub propensity: f64,
    /// What the destination made of it.
    pub answer: Answer,
    /// What the offer brought, in the unit of the log.
    pub reward: f64,
    /// The parts of `reward` with their times; empty if the log does not know them.
    pub payments: Vec<Payment>,
    /// The destinations that were free, if the log says so.
    pub available: Option<Available>,
    /// The probabilities of all outcomes of this step, if the log says so.
    pub outlook: Option<Arc<LogOutlook>>,
    /// The order in which rotations tried their arms, if the log says so.
    pub orders: Option<OrderNames>,
}

/// The end of a walk.
#[derive(Debug, Clone, PartialEq)]
pub struct LogEnd {
    /// How it ended.
    pub kind: EndKind,
    /// Probability in (0, 1] that it ended at this step; 1 where it had to.
    pub propensity: f64,
    /// The destinations that were free, if the log says so.
    pub available: Option<Available>,
    /// The probabilities of all outcomes of this step, if the log says so.
    pub outlook: Option<Arc<LogOutlook>>,
    /// The order in which rotations tried their arms, if the log says so.
    pub orders: Option<OrderNames>,
}

/// How a walk ended, in the words of the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EndKind {
    /// Somebody took the lead.
    Sold,
    /// A `reject` node said no.
    Declined,
    /// Nobody took it.
    Unsold,
    /// An answer is unknown and the lead must not be sold twice.
    Held,
}

impl EndKind {
    /// The word for it in files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sold => "sold",
            Self::Declined => "declined",
            Self::Unsold => "unsold",
            Self::Held => "held",
        }
    }

    pub(crate) fn from_word(word: &str) -> Option<Self> {
        [Self::Sold, Self::Declined, Self::Unsold, Self::Held]
            .into_iter()
            .find(|kind| kind.word() == word)
    }
}

/// The probabilities of everything that could come next under the policy that was logged.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LogOutlook {
    /// Each destination that could be offered next, by name, with its probability.
    pub offers: BTreeMap<Arc<str>, f64>,
    /// Each set of destinations that could be asked for bids next, with its probability.
    pub pings: Vec<(BTreeSet<Arc<str>>, f64)>,
    /// Probability that a `reject` node ended the walk.
    pub declined: f64,
    /// Probability that nothing was left.
    pub unsold: f64,
}

/// The word for an answer in files.
pub(crate) fn answer_word(answer: Answer) -> &'static str {
    match answer {
        Answer::Accepted => "accepted",
        Answer::Rejected => "rejected",
        Answer::NotSent => "not_sent",
        Answer::Unknown => "unknown",
    }
}

pub(crate) fn answer_from_word(word: &str) -> Option<Answer> {
    [
        Answer::Accepted,
        Answer::Rejected,
        Answer::NotSent,
        Answer::Unknown,
    ]
    .into_iter()
    .find(|answer| answer_word(*answer) == word)
}
