//! Every decision of a database, run again.

use std::path::Path;

use crate::program::{pointsman, stdout_of};

/// Runs every decision of a database again, and fails unless all of them come out as stored.
///
/// * `n_decisions`: how many there must be.
#[track_caller]
pub fn verify(database: &Path, n_decisions: usize) {
    verify_url(database.to_str().unwrap(), n_decisions);
}

/// The same for a database by its URL; what was printed.
#[track_caller]
pub fn verify_url(database: &str, n_decisions: usize) -> String {
    let mut verify = pointsman();
    verify.args(["simulate", "--verify", database]);
    let report = stdout_of(&mut verify);
    let expected = format!("{n_decisions} of {n_decisions}");
    assert_eq!(report.lines().last(), Some(&*expected), "{report}");
    report
}
