//! How to open a database.

use std::time::Duration;

use crate::MasterKeys;

/// What a commit survives on SQLite. PostgreSQL follows its own `synchronous_commit`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// `synchronous=FULL`: a commit is on disk when it returns, and survives a loss of power.
    #[default]
    Full,
    /// `synchronous=NORMAL`: a commit survives the process, but a loss of power may take the last
    /// ones. Many times as many small commits a second; not for leads that were acknowledged.
    Normal,
}

/// How [`Store::open`](crate::Store::open) opens a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Bring the tables up to date first. Without it an old schema is an error.
    pub migrate: bool,
    /// What a commit survives, on SQLite.
    pub durability: Durability,
    /// Connections that read, at least 1. On SQLite 2 to 8 are useful.
    pub readers: u32,
    /// Look for damage (`PRAGMA quick_check`) when the last owner did not close the database. Reads
    /// the whole file, so it delays the start by seconds a gigabyte. SQLite only.
    pub check_after_crash: bool,
    /// Who we are in PostgreSQL's list of sessions.
    pub application_name: String,
    /// How long an answer may take before its connection counts as lost and its transaction's outcome is
    /// read from the database. Longer than the server lets a statement run (15 s), so that only an answer
    /// that will never come is given up. PostgreSQL only.
    pub answer_timeout: Duration,
    /// Keys by which the keys of the database are sealed. With them, secrets and personal values are stored sealed;
    /// without them, a database that was sealed is not opened.
    pub master_keys: Option<MasterKeys>,
}

impl Default for Options {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Self {
            migrate: true,
            durability: Durability::Full,
            readers: u32::try_from(cores.clamp(2, 8)).unwrap_or(8),
            check_after_crash: false,
            application_name: "pointsman".to_owned(),
            answer_timeout: Duration::from_secs(20),
            master_keys: None,
        }
    }
}
