//! Leads out of a file.

use std::path::PathBuf;

use super::problems;
use crate::{
    cli::{Import, Output},
    import::{self, Job, Stop},
    out,
    settings::Settings,
};

pub(super) async fn run(settings: &Settings, verb: &Import, output: Output) -> anyhow::Result<()> {
    let Import {
        file,
        source,
        server,
        token,
        results,
        key_column,
        separator,
        in_flight,
    } = verb;
    let beside = || {
        let mut name = file.clone().into_os_string();
        name.push(".results.ndjson");
        PathBuf::from(name)
    };
    let job = Job {
        file: file.clone(),
        source: source.clone(),
        server: server
            .clone()
            .unwrap_or_else(|| format!("http://{}", settings.listen)),
        token: token.clone(),
        results: results.clone().unwrap_or_else(beside),
        key_column: key_column.clone(),
        separator: import::separator(*separator)?,
        in_flight: usize::from(*in_flight),
    };
    let summary = match import::import(&job).await {
        Ok(summary) => summary,
        Err(Stop::Problems(found)) => return Err(problems::print(&found, output)),
        Err(Stop::Other(error)) => return Err(error),
        Err(Stop::Interrupted(error)) => {
            out::note(
                "the import has stopped; the same command goes on with the rows that are missing",
            );
            return Err(error);
        }
    };
    match output {
        Output::Json => out::json(&summary.to_json())?,
        Output::Text => out::data(summary.words()),
    }
    if summary.is_whole() {
        return Ok(());
    }
    out::note(format!(
        "refused rows are in {}, each with its problems",
        job.results.display()
    ));
    Err(out::Reported.into())
}
