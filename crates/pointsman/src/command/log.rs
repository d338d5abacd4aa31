//! Looks at logs of other programs.

use std::path::{Path, PathBuf};

use pointsman_replay::{Inspection, inspect, render_inspection};
use serde::Serialize;

use super::problems;
use crate::{
    cli::{InspectLog, LogVerb, Output},
    out,
};

pub(super) fn run(verb: &LogVerb, output: Output) -> anyhow::Result<()> {
    match verb {
        LogVerb::Inspect(arguments) => look(arguments, output),
    }
}

/// An inspection with what became of it.
#[derive(Serialize)]
struct Done<'a> {
    #[serde(flatten)]
    inspection: &'a Inspection,
    /// The files that were written.
    files: Vec<PathBuf>,
}

fn look(arguments: &InspectLog, output: Output) -> anyhow::Result<()> {
    let InspectLog { log, out } = arguments;
    let folder = out.clone().unwrap_or_else(|| usual_folder(log));
    let inspection = inspect(log, &as_seen_from(&folder, log));
    let inspection = inspection.map_err(|problems| problems::print(&problems, output))?;
    if !inspection.refusals.is_empty() {
        return Err(refuse(&inspection, output));
    }
    let files = inspection.write(&folder)?;
    match output {
        Output::Json => out::json(&Done {
            inspection: &inspection,
            files,
        })?,
        Output::Text => {
            out::data(render_inspection(&inspection).trim_end());
            out::note(format!(
                "wrote {}; next: answer the questions in {}, then pointsman simulate {}",
                files
                    .iter()
                    .map(|file| file.display().to_string())
                    .collect::<Vec<_>>()
                    .join(", "),
                folder.join("scenario.toml").display(),
                folder.display()
            ));
        }
    }
    Ok(())
}

/// A log that cannot be replayed: what was found all the same, and why not.
fn refuse(inspection: &Inspection, output: Output) -> anyhow::Error {
    match output {
        Output::Json => {
            let done = Done {
                inspection,
                files: Vec::new(),
            };
            if let Err(error) = out::json(&done) {
                return error;
            }
            out::Reported.into()
        }
        Output::Text => {
            out::data(render_inspection(inspection).trim_end());
            problems::print(&inspection.refusals, output)
        }
    }
}

/// The folder of a scenario, where none is named: in the current folder, by the name of the log.
fn usual_folder(log: &Path) -> PathBuf {
    let is_plain = |name: &str| !name.is_empty() && !name.contains(['*', '?', '=']);
    let mut names = log
        .components()
        .rev()
        .map(|part| part.as_os_str().to_string_lossy().into_owned());
    let name = names.find(|name| is_plain(name) && name != "." && name != "..");
    let name = name.unwrap_or_else(|| "log".to_owned());
    let stem = name
        .trim_start_matches('.')
        .split('.')
        .next()
        .unwrap_or("log");
    PathBuf::from(format!("{stem}-scenario"))
}

/// A log as a scenario in a folder names it.
fn as_seen_from(folder: &Path, log: &Path) -> String {
    let (folder, log) = (resolved(folder), resolved(log));
    let folder: Vec<_> = folder.components().collect();
    let parts: Vec<_> = log.components().collect();
    let n_same = folder
        .iter()
        .zip(&parts)
        .take_while(|(a, b)| a == b)
        .count();
    let up = folder[n_same..].iter().map(|_| Path::new(".."));
    let down = parts[n_same..]
        .iter()
        .map(|part| Path::new(part.as_os_str()));
    let relative: PathBuf = up.chain(down).collect();
    relative.display().to_string()
}

/// A path without `..` in it, whose end need not be there.
fn resolved(path: &Path) -> PathBuf {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    for above in whole.ancestors() {
        if let (Ok(known), Ok(rest)) = (above.canonicalize(), whole.strip_prefix(above)) {
            return known.join(rest);
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_named_as_its_scenario_sees_it() {
        for (folder, log, expected) in [
            ("leads-scenario", "leads.csv", "../leads.csv"),
            ("a/b", "a/leads.csv", "../leads.csv"),
            ("a", "/tmp/x.csv", "tmp/x.csv"),
            (".", "leads.csv", "leads.csv"),
        ] {
            let seen = as_seen_from(Path::new(folder), Path::new(log));
            assert!(seen.ends_with(expected), "{folder} {log}: {seen}");
        }
        for (log, expected) in [
            ("data/leads.csv.gz", "leads-scenario"),
            ("data/*.csv", "data-scenario"),
            ("../*", "log-scenario"),
        ] {
            assert_eq!(usual_folder(Path::new(log)), Path::new(expected));
        }
    }
}
