//! What is wrong with the columns of a log, before a row of it is read.

use std::collections::BTreeSet;

use pointsman_lead::{Problem, closest};

use super::{Dialect, Log, Mapping, csv::Header, shown, table::Table};
/// Separators that a header may have been written with.
const SEPARATORS: [(u8, &str); 4] = [(b';', ";"), (b'\t', "\\t"), (b'|', "|"), (b',', ",")];

/// Every column that is missing, named twice or of a kind that no log holds.
pub(super) fn problems(log: &Log) -> Vec<Problem> {
    let table = log.table();
    let named = log.columns_named();
    let missing: Vec<&(String, String)> = named
        .iter()
        .filter(|(_, column)| !table.has(column))
        .collect();
    if !missing.is_empty() {
        let header = table.header();
        if let Some(problem) = header.and_then(|header| unsplit(header, &named, log)) {
            return vec![problem];
        }
    }
    let mut problems: Vec<Problem> = missing
        .into_iter()
        .map(|(key, column)| column_missing(key, column, log))
        .collect();
    problems.extend(unreadable(log));
    problems
}

/// A header that another separator splits, or that is a comment: then no column can be told.
fn unsplit(header: &Header, named: &[(String, String)], log: &Log) -> Option<Problem> {
    let Dialect {
        separator, comment, ..
    } = log.format().dialect;
    let above = "above the tables of scenario.toml";
    let line = shown::value(&header.line);
    if comment.is_none() && header.line.starts_with('#') {
        let message = format!("the header is {line}, which looks like a comment");
        let hint = format!("write comment = \"#\" {above}");
        return Some(Problem::new("csv_comment", "log", message).hint(hint));
    }
    let (_, word) = SEPARATORS.iter().find(|(other, _)| {
        let cells: BTreeSet<&str> = header
            .line
            .split(char::from(*other))
            .map(|cell| cell.trim_matches('"'))
            .collect();
        *other != separator
            && named
                .iter()
                .all(|(_, column)| cells.contains(column.as_str()))
    })?;
    let message =
        format!("the cells of the header are not separated as the log's are said to be: {line}");
    let hint = format!("write separator = \"{word}\" {above}");
    Some(Problem::new("csv_separator", "log", message).hint(hint))
}

fn column_missing(key: &str, column: &str, log: &Log) -> Problem {
    let table = log.table();
    let there: Vec<&str> = table.columns().collect();
    let message = format!(
        "`{}` has no column {}; it has {}",
        table.path().display(),
        shown::value(column),
        shown::names(there.iter().copied())
    );
    let problem = Problem::new("column_missing", key, message);
    match (log.mapping(), closest(column, there.iter().copied())) {
        (Mapping::Own, _) => {
            problem.hint("without a [columns] table the file must be in our own format")
        }
        (Mapping::Flat(_), Some(near)) => problem.hint(format!("did you mean `{near}`?")),
        (Mapping::Flat(_), None) => problem,
    }
}

/// Columns that are asked for and cannot be read, or are there twice. What nobody asks for does not matter.
fn unreadable(log: &Log) -> Vec<Problem> {
    let table: &Table = log.table();
    let mut problems = Vec::new();
    for column in log.columns_read() {
        let path = format!("log.{}", shown::names([column.as_str()]));
        let shown = shown::value(&column);
        if let Some(what) = table.unreadable(&column) {
            let message = format!("column {shown} holds {what}");
            let hint = "a log's columns are texts, numbers, truths and times, or lists of them; write it as one of those, or leave it out";
            problems.push(Problem::new("column_kind_unreadable", path.clone(), message).hint(hint));
        }
        let n_times = table.columns().filter(|name| *name == column).count();
        if n_times > 1 {
            let message = format!("{n_times} columns are called {shown}");
            problems.push(Problem::new("column_twice", path, message).hint("rename all but one"));
        }
    }
    problems
}
