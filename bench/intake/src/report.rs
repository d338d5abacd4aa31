//! What was measured, as a table or as JSON.

use std::io::Write as _;

use anyhow::Result;
use serde::Serialize;

use crate::{options::Options, site::Site};

/// One setup with one number of clients.
#[derive(Debug, Serialize)]
pub(crate) struct Measured {
    pub(crate) setup: &'static str,
    /// Connections of the load generator.
    pub(crate) clients: usize,
    /// In a closed loop.
    pub(crate) leads_per_s: f64,
    /// Of what a bare insert of the same rows does in the same round.
    pub(crate) share_of_bare: f64,
    /// Of what the bare insert behind the same HTTP server does in the same round.
    pub(crate) share_of_door: f64,
    /// From request to answer, in the closed loop.
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    /// What two servers on one database take in, of what one does; absent on SQLite.
    pub(crate) two_of_one: Option<f64>,
    pub(crate) bare_per_s: f64,
    pub(crate) door_per_s: f64,
    /// In an open loop at half of `leads_per_s`.
    pub(crate) open_per_s: f64,
    pub(crate) open_p50_ms: f64,
    pub(crate) open_p99_ms: f64,
    /// The median transaction of the door at that rate.
    pub(crate) open_commit_p50_ms: f64,
}

/// Prints results to standard output.
pub(crate) fn print(results: &[Measured], site: &Site, options: &Options) -> Result<()> {
    if options.json {
        return out(&format!("{}\n", serde_json::to_string_pretty(results)?));
    }
    let mut text = format!(
        "{}, medians of {} round(s)\n\n",
        site.kind(),
        options.rounds
    );
    text.push_str(
        "| setup | clients | leads/s | of bare | of door | p50 ms | p99 ms | half: p99 ms | half: commit p50 ms | two of one |\n\
         | --- | --: | --: | --: | --: | --: | --: | --: | --: | --: |\n",
    );
    for it in results {
        text.push_str(&format!(
            "| {} | {} | {:.0} | {:.0} % | {:.0} % | {:.1} | {:.1} | {:.1} | {:.1} | {} |\n",
            it.setup,
            it.clients,
            it.leads_per_s,
            it.share_of_bare * 100.0,
            it.share_of_door * 100.0,
            it.p50_ms,
            it.p99_ms,
            it.open_p99_ms,
            it.open_commit_p50_ms,
            it.two_of_one
                .map_or_else(String::new, |share| format!("{:.0} %", share * 100.0)),
        ));
    }
    out(&text)
}

/// Writes to standard output.
pub(crate) fn out(text: &str) -> Result<()> {
    Ok(std::io::stdout().lock().write_all(text.as_bytes())?)
}

/// Writes a line to standard error.
pub(crate) fn note(text: &str) {
    // Nobody can be told that nobody can be told.
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
