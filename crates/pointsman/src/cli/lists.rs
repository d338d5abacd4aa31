//! The commands for named lists.

use std::path::PathBuf;

use clap::Subcommand;

use super::Database;

/// The commands of `list`.
#[derive(Debug, Subcommand)]
pub(crate) enum ListVerb {
    /// Lists the named lists.
    List(Database),
    /// Prints the values of a list, one a line.
    Show {
        /// The database.
        #[command(flatten)]
        database: Database,
        /// Name of the list.
        name: String,
        /// Number of the version; default: the present one.
        #[arg(long)]
        revision: Option<i64>,
    },
    /// Puts a version of a list: criteria and flows go by it from now on.
    Put {
        /// The database.
        #[command(flatten)]
        database: Database,
        /// Name of the list, as predicates write it: `zip in list("NAME")`.
        name: String,
        /// File with one value a line, at most 1,000,000.
        file: PathBuf,
        /// Kind of the values: text, country, region, `postal_code`, phone, email, ip or url; default: that of the list, `text` for
        /// a new one.
        #[arg(long)]
        kind: Option<String>,
        /// Expected current revision; 0: it must not exist.
        #[arg(long)]
        expected_revision: Option<i64>,
    },
    /// Compares two versions of a list.
    Diff {
        /// The database.
        #[command(flatten)]
        database: Database,
        /// Name of the list.
        name: String,
        /// Number of the earlier version.
        from: i64,
        /// Number of the later version; default: the present one.
        to: Option<i64>,
    },
}
