//! What the tests of foreign logs share: a scenario in a folder, and what comes of it.

use std::path::Path;

use pointsman_lead::Problem;
use pointsman_replay::{Report, Scenario};

/// A split of two buyers, half and half.
pub(crate) const FLOW: &str = r#"{"flow": "f", "vertical": "v", "currency": "USD", "root": "s", "nodes": {
    "s": {"kind": "split", "arms": [{"weight_ppm": 500000, "to": "a"}, {"weight_ppm": 500000, "to": "b"}]},
    "a": {"kind": "destination"}, "b": {"kind": "destination"}}}"#;

/// The columns that most of the tests have: destination, propensity and reward.
pub(crate) const COLUMNS: &str =
    "[columns]\ndestination = \"b\"\npropensity = \"p\"\nreward = \"r\"\n";

/// What comes of a log under a scenario: a report, or all that is wrong.
///
/// * `file`: name of the log.
/// * `above`: keys of the run, and `columns` the rest of the scenario.
pub(crate) fn replayed(
    file: &str,
    bytes: &[u8],
    above: &str,
    columns: &str,
) -> Result<Report, Vec<Problem>> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(file), bytes).unwrap();
    run(folder.path(), file, FLOW, above, columns)
}

/// The same with a flow of one's own and a log that stands in the folder.
pub(crate) fn run(
    folder: &Path,
    file: &str,
    flow: &str,
    above: &str,
    columns: &str,
) -> Result<Report, Vec<Problem>> {
    let scenario = format!("log = \"{file}\"\ncandidate = \"flow.json\"\n{above}\n{columns}\n");
    std::fs::write(folder.join("scenario.toml"), scenario).unwrap();
    std::fs::write(folder.join("flow.json"), flow).unwrap();
    let scenario = Scenario::load(folder)?;
    let mut reports = scenario
        .run(&mut |_| ())
        .map_err(pointsman_replay::Error::into_problems)?;
    Ok(reports.remove(0))
}

/// Each problem on a line: code, place, message and way out.
pub(crate) fn told(problems: &[Problem]) -> Vec<String> {
    let line = |problem: &Problem| {
        let hint = problem.hint.as_deref().unwrap_or_default();
        format!(
            "{} {}: {} | {hint}",
            problem.code, problem.path, problem.message
        )
    };
    problems.iter().map(line).collect()
}

/// The one problem of a log.
#[track_caller]
pub(crate) fn refused(outcome: Result<Report, Vec<Problem>>) -> String {
    let lines = told(&outcome.expect_err("the log is read"));
    assert_eq!(lines.len(), 1, "{lines:#?}");
    assert!(lines[0].len() < 1_000, "{}", lines[0]);
    lines.into_iter().next().unwrap()
}

/// Leads of a log that is read.
#[track_caller]
pub(crate) fn n_read(outcome: Result<Report, Vec<Problem>>) -> u64 {
    match outcome {
        Ok(report) => report.candidate.n,
        Err(problems) => panic!("{:#?}", told(&problems)),
    }
}
