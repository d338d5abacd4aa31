//! An independent look at a history: what is stored, what sources were told and what buyers did, held against each other.
//!
//! It reads the database by SQL of its own, and the files that the other two sides kept. It does **not** know the product:
//! neither its folds, nor its types, nor how it comes to a number. What it finds is a [`Report`]; an empty list of
//! violations is worth as much as the counts beside it say.
//!
//! | code | what it says |
//! | --- | --- |
//! | `lost` | a lead was acknowledged and is not there |
//! | `two_leads_of_a_key` | one key of a source is two leads |
//! | `told_otherwise` | a source was told something else than is stored |
//! | `not_ended` | a lead, its decision or one of its deliveries is still under way |
//! | `sold_twice` | an exclusive lead is stored as accepted by two destinations, or two buyers took it |
//! | `post_without_delivery` | a buyer got something that was not on disk |
//! | `another_key` | a buyer got one lead under two keys |
//! | `too_many_duplicates` | more posts came twice than were under way at the kills |
//! | `answer_differs` | a delivery says something else than its buyer did |
//! | `over_cap` | at some commit a cap was exceeded |
//! | `cap_not_checked` | a cap of a form that this program does not know |
//! | `price_differs` | a delivery has another price than its buyer said |
//! | `conversion_unknown` | a conversion is stored that no buyer has reported |
//! | `conversion_differs` | what is stored of a transaction is not what was reported |
//! | `revenue_differs` | a lead is worth something else than its buyers pay |
//! | `beyond_the_order` | a row has a number that was never given out |
//! | `damaged` | the database says of itself that it is damaged |

mod checks;
pub mod records;
mod report;
mod stored;

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context as _, Result};

use records::{BuyerEntry, JournalEntry};
pub use report::{Counts, Report, Violation};
use stored::Stored;

/// The file of what sources were told, and of kills.
pub const JOURNAL: &str = "journal.ndjson";
/// The folder with a file for each buyer, named as its destination.
pub const BUYERS: &str = "buyers";

/// The three sides of a history.
#[derive(Debug)]
pub(crate) struct Evidence {
    pub(crate) stored: Stored,
    pub(crate) journal: Vec<JournalEntry>,
    /// By destination.
    pub(crate) buyers: BTreeMap<String, Vec<BuyerEntry>>,
}

/// The one number that a statement gives under the name `number`.
///
/// # Errors
///
/// If the database cannot be read.
pub async fn number(database: &str, sql: &str) -> Result<i64> {
    stored::number_of(database, sql).await
}

/// How many leads and offers have not come to their end.
///
/// # Errors
///
/// If the database cannot be read.
pub async fn under_way(database: &str) -> Result<i64> {
    let sql = "SELECT (SELECT COUNT(*) FROM decision WHERE ended_seq IS NULL)
        + (SELECT COUNT(*) FROM delivery WHERE state IN ('pending', 'sending')) AS number";
    number(database, sql).await
}

/// Looks at a history that has come to rest.
///
/// * `database`: its URL, `sqlite://…` or `postgres://…`.
/// * `folder`: holds [`JOURNAL`] and [`BUYERS`].
///
/// # Errors
///
/// If the database or a file cannot be read. What is wrong in them is no error but in the report.
pub async fn check(database: &str, folder: &Path) -> Result<Report> {
    let mut buyers = BTreeMap::new();
    let listed = fs::read_dir(folder.join(BUYERS)).context("the ledgers of the buyers")?;
    for file in listed {
        let path = file?.path();
        let name = path.file_stem().and_then(|it| it.to_str());
        let name = name.context("a ledger without a name")?.to_owned();
        buyers.insert(name, records::read(&path)?);
    }
    let evidence = Evidence {
        stored: Stored::read(database).await?,
        journal: records::read(&folder.join(JOURNAL))?,
        buyers,
    };
    Ok(checks::all(&evidence))
}
