//! The one place that writes to the terminal: what was asked for to stdout, all else to stderr.

use std::fmt::Display;

/// Writes one line of what was asked for.
#[expect(clippy::print_stdout, reason = "the one place that writes to stdout")]
pub(crate) fn out(line: impl Display) {
    println!("{line}");
}

/// Writes one line about the work: progress, times, failures.
#[expect(clippy::print_stderr, reason = "the one place that writes to stderr")]
pub(crate) fn err(line: impl Display) {
    eprintln!("{line}");
}
