//! The commands for tokens.

use clap::Subcommand;

use super::Database;

/// The commands of `token`.
#[derive(Debug, Subcommand)]
pub(crate) enum TokenVerb {
    /// Creates a token and prints its secret, which is shown only once.
    Create {
        /// The database.
        #[command(flatten)]
        database: Database,
        /// Display name.
        #[arg(long)]
        name: String,
        /// Role: admin, editor, operator, analyst, source or postback.
        #[arg(long)]
        role: String,
        /// The only source that the token may act for; with role source.
        #[arg(long)]
        source: Option<String>,
        /// The only destination whose conversions the token may report; with role postback.
        #[arg(long)]
        destination: Option<String>,
        /// Print a link that signs a browser in, once and within ten minutes, in place of the secret.
        #[arg(long)]
        link: bool,
    },
    /// Lists tokens, without their secrets.
    List(Database),
    /// Revokes a token.
    Revoke {
        /// The database.
        #[command(flatten)]
        database: Database,
        /// Id of the token.
        id: String,
    },
}
