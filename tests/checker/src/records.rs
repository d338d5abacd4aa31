//! The files that both sides of the product keep: one JSON object a line, written before anybody is told.

use std::{
    fs::{self, File, OpenOptions},
    io::Write as _,
    path::Path,
    sync::{Mutex, PoisonError},
};

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// What a client was told, and what was done to the servers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "did", rename_all = "snake_case")]
pub enum JournalEntry {
    /// A lead was answered with a 2xx.
    Acknowledged {
        /// Microseconds since 1970.
        at: i64,
        /// The source.
        source: String,
        /// Its idempotency key.
        key: String,
        /// The id that it was told.
        lead_id: String,
        /// Such as `sold`, or `queued` where it did not wait.
        status: String,
        /// Who took it.
        destination: Option<String>,
    },
    /// A server was ended without a word.
    Killed {
        /// Microseconds since 1970.
        at: i64,
    },
}

/// What a buyer says to a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Says {
    /// It takes the lead.
    Yes,
    /// It does not want it.
    No,
    /// It was not taken, and may be offered again.
    Later,
    /// Nothing that can be understood, or nothing at all.
    Nothing,
}

/// What became of a sale, as a buyer reports it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// It is worth the amount. Of two amounts the larger counts.
    Sale,
    /// It is worth nothing, for good.
    Rejected,
}

/// What a buyer did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "did", rename_all = "snake_case")]
pub enum BuyerEntry {
    /// It got a post, and decided.
    Received {
        /// Microseconds since 1970.
        at: i64,
        /// The idempotency key.
        key: String,
        /// The lead as the sender calls it.
        lead_id: String,
        /// What it sends back with what it reports.
        click_id: String,
        /// Whether it has the lead now, whatever it says.
        takes: bool,
        /// What it will say.
        says: Says,
        /// What it pays at once, micro-units.
        price: Option<i64>,
    },
    /// It has given its answer away.
    Answered {
        /// Microseconds since 1970.
        at: i64,
        /// The idempotency key.
        key: String,
    },
    /// It has reported what became of a lead.
    Reported {
        /// Microseconds since 1970.
        at: i64,
        /// The lead as the sender asked it to be called.
        click_id: String,
        /// Its own transaction.
        txid: String,
        /// What it says of it.
        event: Event,
        /// Micro-units.
        amount: i64,
        /// The status of the answer; 0: there was none.
        answer: u16,
    },
}

/// A file that grows by a line.
#[derive(Debug)]
pub struct RecordFile(Mutex<File>);

impl RecordFile {
    /// Opens a book, and makes it if it is not there.
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub fn open(path: &Path) -> Result<Self> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let file = OpenOptions::new().create(true).append(true).open(path);
        let file = file.with_context(|| path.display().to_string())?;
        Ok(Self(Mutex::new(file)))
    }

    /// Writes an entry, as one write.
    ///
    /// # Panics
    ///
    /// If it cannot be written: what follows would prove nothing.
    pub fn write(&self, entry: &impl Serialize) {
        let mut line = serde_json::to_vec(entry).expect("entries are plain JSON");
        line.push(b'\n');
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(&line).expect("the book can be written");
    }
}

/// All entries of a book, in the order in which they were written.
///
/// # Errors
///
/// If there is no such file, or a line is none of these entries.
pub fn read<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let lines = text.lines().map(|line| {
        serde_json::from_str(line).with_context(|| format!("{}: {line}", path.display()))
    });
    lines.collect()
}
