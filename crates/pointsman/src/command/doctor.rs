//! Looks for what keeps the service from running, or from running right.

use indicatif::ProgressBar;
use pointsman_control::broken_flows;
use pointsman_history::{Clock, ClockBehind, unreadable};
use pointsman_store::{JobState, Store};
use serde::Serialize;

use super::database;
use crate::{
    cli::{Doctor, Output},
    out,
    settings::Settings,
};

/// Most jobs looked at, the newest first.
const JOBS_MAX: u64 = 100;
/// Offers without an answer that are counted; of more it is said that they are more.
const OFFERS_MAX: u64 = 1_000;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Level {
    /// As it should be.
    Ok,
    /// The service runs, and a person should know.
    Warn,
    /// The service does not run, or not right.
    Fail,
}

/// What one look came to.
#[derive(Debug, Serialize)]
struct Finding {
    /// Stable name of what was looked at. Programs may match on it.
    check: &'static str,
    level: Level,
    /// What was found.
    message: String,
    /// What would put it right.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

/// Everything that was found.
#[derive(Debug, Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn ok(&mut self, check: &'static str, message: impl Into<String>) {
        self.add(check, Level::Ok, message, None);
    }

    fn warn(&mut self, check: &'static str, message: impl Into<String>, hint: &str) {
        self.add(check, Level::Warn, message, Some(hint));
    }

    fn fail(&mut self, check: &'static str, message: impl Into<String>, hint: &str) {
        self.add(check, Level::Fail, message, Some(hint));
    }

    fn add(
        &mut self,
        check: &'static str,
        level: Level,
        message: impl Into<String>,
        hint: Option<&str>,
    ) {
        self.0.push(Finding {
            check,
            level,
            message: message.into(),
            hint: hint.map(ToOwned::to_owned),
        });
    }

    /// Says that there are some, or that there should be.
    fn some(&mut self, check: &'static str, n: usize, what: &str, hint: &str) {
        let message = format!("{n} {what}");
        if n > 0 {
            self.ok(check, message);
        } else {
            self.fail(check, message, hint);
        }
    }
}

pub(super) async fn run(
    settings: &Settings,
    doctor: &Doctor,
    output: Output,
) -> anyhow::Result<()> {
    let url = database::url(settings, doctor.database.db.as_deref());
    let mut findings = Findings::default();
    if settings.listen.parse::<std::net::SocketAddr>().is_ok() {
        findings.ok("listen", "listen is an address and port");
    } else {
        findings.fail(
            "listen",
            "listen is not an address and port",
            "write it like 127.0.0.1:8080",
        );
    }
    match Store::open_read_only(&url).await {
        Ok(store) => {
            findings.ok(
                "database",
                "the database opens and its tables are up to date",
            );
            examine(&store, doctor.quick, &mut findings).await?;
            store.close().await?;
        }
        Err(error) => findings.fail(
            "database",
            format!("the database does not open: {error}"),
            "pointsman migrate makes it, or brings its tables up to date",
        ),
    }
    tell(&findings.0, output)
}

async fn examine(store: &Store, quick: bool, findings: &mut Findings) -> anyhow::Result<()> {
    match ClockBehind::find(store, Clock::real().now()).await? {
        None => findings.ok(
            "clock",
            "the clock does not lie behind what was stored last",
        ),
        Some(behind) => findings.fail(
            "clock",
            behind.to_string(),
            "put the clock right; if it is right, start once with pointsman serve --accept-clock",
        ),
    }
    configured(store, findings).await?;
    waiting(store, findings).await?;
    if quick {
        return Ok(());
    }
    match store.check().await {
        Ok(()) => findings.ok("integrity", "the database file is whole"),
        Err(error) => findings.fail("integrity", error.to_string(), "restore a backup"),
    }
    let bar = ProgressBar::no_length();
    let rows = unreadable(store, &mut |n_done| bar.set_position(n_done)).await?;
    bar.finish_and_clear();
    if rows.is_empty() {
        findings.ok("rows", "every stored row can be read");
    }
    for row in rows {
        let hint = "restore the row from a backup; until then what needs it is refused";
        findings.fail("rows", format!("{row} cannot be read"), hint);
    }
    Ok(())
}

/// What people have configured.
async fn configured(store: &Store, findings: &mut Findings) -> anyhow::Result<()> {
    let read = store.read();
    let n_destinations = read.destinations().await?.len();
    let hint = "put one with putDestination";
    findings.some("destinations", n_destinations, "destination(s)", hint);
    let stages = read.stages().await?;
    let n_live = stages.iter().filter(|stage| stage.name == "live").count();
    let hint = "publish a flow and move its live stage";
    findings.some("live_flows", n_live, "live flow(s)", hint);
    match broken_flows(store).await {
        Ok(broken) => {
            for (flow, diagnostics) in broken {
                let first = diagnostics.first().map_or("", |it| it.message.as_str());
                findings.fail(
                    "live_flows",
                    format!("flow `{flow}` does not check and takes no leads: {first}"),
                    "publish a version that does, or put back what it names",
                );
            }
        }
        Err(error) => findings.fail("live_flows", error.to_string(), "restore a backup"),
    }
    let n_tokens = read.tokens().await?.len();
    let hint = "make one with pointsman token create";
    findings.some("tokens", n_tokens, "token(s)", hint);
    Ok(())
}

/// What was begun and has no end.
async fn waiting(store: &Store, findings: &mut Findings) -> anyhow::Result<()> {
    let read = store.read();
    let n_offers = read.unfinished_deliveries(0, OFFERS_MAX).await?.len();
    if n_offers == 0 {
        findings.ok("offers", "no offer waits for its answer");
    } else {
        let more = if n_offers as u64 == OFFERS_MAX {
            " or more"
        } else {
            ""
        };
        findings.warn(
            "offers",
            format!("{n_offers}{more} offer(s) wait for their answer"),
            "if no server runs, the next start settles them as unknown",
        );
    }
    let jobs = read.jobs(None, JOBS_MAX).await?.items;
    let failed = jobs.iter().filter(|job| job.state == JobState::Failed);
    let given_up: Vec<String> = failed
        .filter(|job| {
            job.error
                .as_deref()
                .is_some_and(|it| it.starts_with("given up"))
        })
        .map(|job| job.id.clone())
        .collect();
    if given_up.is_empty() {
        findings.ok("jobs", "no job was given up");
    } else {
        findings.warn(
            "jobs",
            format!(
                "given up, since the process ended while they ran: {}",
                given_up.join(", ")
            ),
            "ask for a shorter time, or give the machine more memory",
        );
    }
    Ok(())
}

fn tell(findings: &[Finding], output: Output) -> anyhow::Result<()> {
    if output == Output::Json {
        out::json(&findings)?;
    } else {
        for Finding {
            check: _,
            level,
            message,
            hint,
        } in findings
        {
            let word = match level {
                Level::Ok => "ok  ",
                Level::Warn => "warn",
                Level::Fail => "fail",
            };
            let hint = hint
                .as_ref()
                .map_or(String::new(), |hint| format!(": {hint}"));
            out::data(format!("{word}  {message}{hint}"));
        }
    }
    if findings.iter().any(|it| it.level == Level::Fail) {
        return Err(out::Told.into());
    }
    Ok(())
}
