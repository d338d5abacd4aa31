//! The command that imports leads.

use std::path::PathBuf;

use clap::Args;

/// Arguments of `import`.
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// File with one lead a row, CSV with a header; `,`, `;`, tabs and `|` are told apart.
    pub(crate) file: PathBuf,
    /// Name of the source that sends them. Its document says which column is which field.
    #[arg(long, value_name = "NAME")]
    pub(crate) source: String,
    /// Address of the server; default: the one of the settings on this machine.
    #[arg(long, value_name = "URL")]
    pub(crate) server: Option<String>,
    /// Token that may send leads of the source.
    #[arg(
        long,
        value_name = "TOKEN",
        env = "POINTSMAN_TOKEN",
        hide_env_values = true
    )]
    pub(crate) token: String,
    /// File that keeps what became of each row; an import that was interrupted goes on from it. Default: FILE.results.ndjson.
    #[arg(long, value_name = "FILE")]
    pub(crate) results: Option<PathBuf>,
    /// Column with an id of each lead, by which it is known if it is sent again; default: the content of the file and the
    /// number of the row.
    #[arg(long, value_name = "COLUMN")]
    pub(crate) key_column: Option<String>,
    /// Separator of the file, one character; default: the one of which the header has most.
    #[arg(long, value_name = "CHARACTER")]
    pub(crate) separator: Option<char>,
    /// Leads on their way at a time.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) in_flight: u16,
}
