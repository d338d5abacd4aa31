//! `check-history DATABASE FOLDER`: what is stored, held against the files of sources and buyers.

use std::{path::Path, process::ExitCode};

use anyhow::Result;

const USAGE: &str = "usage: check-history DATABASE_URL FOLDER, with journal.ndjson and buyers/NAME.ndjson in the folder";

#[tokio::main]
#[expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "findings go to stdout, all else to stderr"
)]
async fn main() -> Result<ExitCode> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [database, folder] = words.as_slice() else {
        eprintln!("{USAGE}");
        return Ok(ExitCode::from(2));
    };
    let report = checker::check(database, Path::new(folder)).await?;
    eprintln!("{}", report.counts);
    for violation in &report.violations {
        println!("{violation}");
    }
    Ok(if report.violations.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
