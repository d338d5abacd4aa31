//! The commands about keys.

use clap::Subcommand;

use super::Database;

/// What to do with the keys of a database.
#[derive(Debug, Subcommand)]
pub(crate) enum KeysVerb {
    /// Lists the data keys, and what the master keys are called that seal them.
    List {
        /// The database.
        #[command(flatten)]
        database: Database,
    },
    /// Makes another data key, by which servers seal from their next start on.
    Rotate {
        /// The database.
        #[command(flatten)]
        database: Database,
    },
    /// Seals everything by the newest data key, and the data keys by the first master key, also while a server is running.
    Seal {
        /// The database.
        #[command(flatten)]
        database: Database,
    },
}
