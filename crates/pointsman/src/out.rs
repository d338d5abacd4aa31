//! What people and programs read: data on stdout, everything else on stderr.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the one place that prints"
)]

use std::process::ExitCode;

use serde::Serialize;

/// A failure with every problem told, so that a person can act on it.
#[derive(Debug)]
pub(crate) struct Told;

impl std::fmt::Display for Told {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("see above")
    }
}

impl std::error::Error for Told {}

/// A line of data.
pub(crate) fn data(text: impl AsRef<str>) {
    println!("{}", text.as_ref());
}

/// A JSON document as data.
pub(crate) fn json<T: Serialize>(value: &T) -> anyhow::Result<()> {
    println!("{}", serde_json::to_string_pretty(value)?);
    Ok(())
}

/// A line for the person at the terminal.
pub(crate) fn note(text: impl AsRef<str>) {
    eprintln!("{}", text.as_ref());
}

/// Tells what went wrong, cause by cause.
pub(crate) fn failure(error: &anyhow::Error) -> ExitCode {
    if !error.is::<Told>() {
        eprintln!("error: {error}");
        for cause in error.chain().skip(1) {
            eprintln!("  because {cause}");
        }
    }
    ExitCode::FAILURE
}
