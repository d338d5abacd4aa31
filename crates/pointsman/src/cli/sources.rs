//! The commands for sources.

use std::path::PathBuf;

use clap::Subcommand;

use super::Database;

/// The commands of `source`.
#[derive(Debug, Subcommand)]
pub(crate) enum SourceVerb {
    /// Lists the sources that have a document.
    List(Database),
    /// Prints the document of a source, without secrets.
    Show {
        /// The database.
        #[command(flatten)]
        database: Database,
        /// Name of the source.
        name: String,
    },
    /// Creates or replaces the document of a source; payloads that are received from now on are read by it.
    Put {
        /// The database.
        #[command(flatten)]
        database: Database,
        /// Name of the source.
        name: String,
        /// File with the document as JSON.
        document: PathBuf,
        /// Expected current revision; 0: it must not exist.
        #[arg(long)]
        expected_revision: Option<i64>,
    },
    /// Reads a payload as if the source sent it, and stores nothing.
    Try {
        /// The database.
        #[command(flatten)]
        database: Database,
        /// Name of the source.
        name: String,
        /// File with the payload, exactly as the source sends it: JSON, or a form such as `name=Ada&age=41`.
        payload: PathBuf,
        /// File with the document to read it by; default: the document that is in force.
        #[arg(long)]
        document: Option<PathBuf>,
    },
}
