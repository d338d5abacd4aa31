//! Arguments of what shows learning: reports of bandits, and the seeds of a market.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Database;

/// The commands of `bandit`.
#[derive(Debug, Subcommand)]
pub(crate) enum BanditVerb {
    /// Prints weights and beliefs of the bandits of a flow, and how they came about.
    Report(BanditReport),
}

/// Arguments of `bandit report`.
#[derive(Debug, Args)]
pub(crate) struct BanditReport {
    /// The database.
    #[command(flatten)]
    pub(crate) database: Database,
    /// Name of the flow.
    pub(crate) flow: String,
    /// Name of the bandit node; default: all of the flow.
    pub(crate) node: Option<String>,
    /// Segment, such as state=CA; default: all segments without weights of their own.
    #[arg(long, default_value = "", hide_default_value = true)]
    pub(crate) segment: String,
    /// Where the time begins; default: 30 days before its end.
    #[arg(long, value_name = "TIME")]
    pub(crate) from: Option<String>,
    /// Where it ends; default: the last publication of weights.
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<String>,
    /// Most points of each line.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(2..=500))]
    pub(crate) points: u32,
    /// Write an HTML page with plots to this file, too.
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
}

/// Seeds from one to another, both included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seeds(pub(crate) std::ops::RangeInclusive<u64>);

/// Most seeds at once.
const SEEDS_MAX: u64 = 10_000;

/// Reads seeds, such as `1-20`.
pub(super) fn seeds(text: &str) -> Result<Seeds, String> {
    let (from, to) = text.split_once('-').unwrap_or((text, text));
    let number = |text: &str| {
        text.trim()
            .parse::<u64>()
            .map_err(|_| format!("`{text}` is no seed"))
    };
    let (from, to) = (number(from)?, number(to)?);
    if to < from || to - from >= SEEDS_MAX {
        return Err(format!(
            "seeds go up, such as 1-20, and are at most {SEEDS_MAX}"
        ));
    }
    Ok(Seeds(from..=to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_are_one_or_several() {
        assert_eq!(seeds("1-20"), Ok(Seeds(1..=20)));
        assert_eq!(seeds("7"), Ok(Seeds(7..=7)));
        for refused in ["", "a", "3-1", "1-", "0-10000", "-3"] {
            assert!(seeds(refused).is_err(), "{refused}");
        }
    }
}
