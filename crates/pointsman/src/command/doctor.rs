//! Diagnoses settings and database.

use indicatif::ProgressBar;
use pointsman_control::broken_flows;
use pointsman_history::{Clock, ClockBehind, History, Server, rollup_differences, unreadable};
use pointsman_store::{JobState, Store};
use serde::Serialize;

use super::database;
use crate::{
    cli::{Doctor, Output},
    out,
    settings::Settings,
};

/// Most jobs that are examined, newest first.
const JOBS_MAX: u64 = 100;
/// Most offers without an answer that are counted.
const OFFERS_MAX: u64 = 1_000;

/// Microseconds after which a postback to a source that is due should have been tried.
const POSTBACK_LATE: i64 = 10 * 60 * 1_000_000;
/// Most leads sold twice that are listed.
const DOUBLE_SALES_MAX: u64 = 100;

/// Severity of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Level {
    /// In order.
    Ok,
    /// The server runs, but a person should know of it.
    Warn,
    /// The server does not run, or not correctly.
    Fail,
}

/// The result of one check.
#[derive(Debug, Serialize)]
struct Finding {
    /// Stable name of the check, safe to match on.
    check: &'static str,
    level: Level,
    /// What was found.
    message: String,
    /// How to mend it.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

/// All findings.
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

    /// Reports a number, which should not be 0.
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
    match Store::open_read_only(&url, &database::options(settings)?).await {
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
            "`pointsman migrate` creates or migrates it",
        ),
    }
    print(&findings.0, output)
}

async fn examine(store: &Store, quick: bool, findings: &mut Findings) -> anyhow::Result<()> {
    match ClockBehind::find(store, Clock::real().now()).await? {
        None => findings.ok(
            "clock",
            "the clock does not lie behind the last stored time",
        ),
        Some(behind) => findings.fail(
            "clock",
            behind.to_string(),
            "correct the clock; if it is right, start once with `pointsman serve --accept-clock`",
        ),
    }
    configured(store, findings).await?;
    waiting(store, findings).await?;
    source_postbacks(store, findings).await?;
    servers(store, findings).await?;
    if quick {
        return Ok(());
    }
    match store.check().await {
        Ok(()) => findings.ok("integrity", "the database file is intact"),
        Err(error) => findings.fail("integrity", error.to_string(), "restore a backup"),
    }
    double_sales(store, findings).await?;
    rollups(store, findings).await;
    money(store, findings).await;
    let bar = ProgressBar::no_length();
    let rows = unreadable(store, &mut |n_done| bar.set_position(n_done)).await?;
    bar.finish_and_clear();
    if rows.is_empty() {
        findings.ok("rows", "every stored row can be read");
    }
    for row in rows {
        let hint = "restore the row from a backup; requests that need it fail until then";
        findings.fail("rows", format!("{row} cannot be read"), hint);
    }
    Ok(())
}

/// Checks the configuration.
async fn configured(store: &Store, findings: &mut Findings) -> anyhow::Result<()> {
    let read = store.read();
    let n_destinations = read.destinations().await?.len();
    let hint = "create one with `putDestination`";
    findings.some("destinations", n_destinations, "destination(s)", hint);
    let stages = read.stages().await?;
    let n_live = stages.iter().filter(|stage| stage.name == "live").count();
    let hint = "publish a flow and move its stage `live`";
    findings.some("live_flows", n_live, "live flow(s)", hint);
    match broken_flows(store).await {
        Ok(broken) => {
            for (flow, diagnostics) in broken {
                let first = diagnostics.first().map_or("", |it| it.message.as_str());
                findings.fail(
                    "live_flows",
                    format!("flow `{flow}` has errors and routes no leads: {first}"),
                    "publish a version without errors, or restore the objects that it refers to",
                );
            }
        }
        Err(error) => findings.fail("live_flows", error.to_string(), "restore a backup"),
    }
    let n_tokens = read.tokens().await?.len();
    let hint = "create one with `pointsman token create`";
    findings.some("tokens", n_tokens, "token(s)", hint);
    Ok(())
}

/// Checks offers and jobs that have not ended.
async fn waiting(store: &Store, findings: &mut Findings) -> anyhow::Result<()> {
    let read = store.read();
    let n_offers = read.unfinished_deliveries(0, OFFERS_MAX).await?.len();
    if n_offers == 0 {
        findings.ok("offers", "no offer awaits an answer");
    } else {
        let more = if n_offers as u64 == OFFERS_MAX {
            " or more"
        } else {
            ""
        };
        findings.warn(
            "offers",
            format!("{n_offers}{more} offer(s) await an answer"),
            "if no server is running, the next start settles them as unknown",
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
                "given up, because the process stopped while they ran: {}",
                given_up.join(", ")
            ),
            "simulate a shorter period, or add memory",
        );
    }
    Ok(())
}

/// Checks what sources are still to be told.
async fn source_postbacks(store: &Store, findings: &mut Findings) -> anyhow::Result<()> {
    let read = store.read();
    let counts = read.source_postback_counts().await?;
    let late = counts
        .first_due_at
        .map_or(0, |due| Clock::real().now().0.saturating_sub(due));
    if counts.dead > 0 {
        findings.warn(
            "source_postbacks",
            format!("{} postback(s) to sources were refused or given up", counts.dead),
            "see why with `sourcePostbacks(filter: {state: DEAD})`, and send them again with `resendSourcePostback`",
        );
    }
    if late > POSTBACK_LATE {
        findings.warn(
            "source_postbacks",
            format!(
                "{} postback(s) to sources wait, the first one for {} minutes more than it should",
                counts.waiting,
                late / 60_000_000
            ),
            "if no server is running, the next start sends them; else see its log",
        );
    }
    if counts.dead == 0 && late <= POSTBACK_LATE {
        let message = format!(
            "{} postback(s) to sources wait for their time",
            counts.waiting
        );
        findings.ok("source_postbacks", message);
    }
    Ok(())
}

/// Names the servers, and those that have ended without a word.
async fn servers(store: &Store, findings: &mut Findings) -> anyhow::Result<()> {
    let now = store.read().order().await?.time();
    for server in History::new(store.clone()).servers().await? {
        let Server {
            name,
            lease,
            renewed_at,
            expires_at,
            ..
        } = server;
        if !store.is_shared() {
            // One at a time, and nobody renews: whether it runs is known to the system.
            findings.ok(
                "servers",
                format!("the last server is `{name}` with lease {lease}"),
            );
        } else if expires_at.0 > now {
            findings.ok(
                "servers",
                format!("server `{name}` with lease {lease} is running"),
            );
        } else {
            findings.warn(
                "servers",
                format!("server `{name}` with lease {lease} was last seen at {renewed_at}"),
                "the next server that runs takes over its leads in progress",
            );
        }
    }
    Ok(())
}

/// Lists leads that two destinations have.
async fn double_sales(store: &Store, findings: &mut Findings) -> anyhow::Result<()> {
    let sales = store.read().double_sales(DOUBLE_SALES_MAX).await?;
    if sales.is_empty() {
        findings.ok("double_sales", "no late acceptance has sold a lead twice");
    }
    for delivery in sales {
        let message = format!(
            "lead {} was accepted by `{}` after it had been passed on, and by another destination",
            delivery.lead_id, delivery.destination
        );
        let hint = "agree with one of the two destinations on a return";
        findings.warn("double_sales", message, hint);
    }
    Ok(())
}

/// Makes the sums of all hours again.
async fn rollups(store: &Store, findings: &mut Findings) {
    let hint = "run `pointsman migrate --rebuild-metrics`; the next server adds all leads up anew";
    match rollup_differences(store).await {
        Ok(found) if found.is_empty() => {
            findings.ok("rollups", "the sums of each hour are those of its leads");
        }
        Ok(found) => {
            let n = found.len();
            let message = format!("{n} sum(s) of hours, or more, are not those of their leads");
            findings.fail("rollups", message, hint);
        }
        Err(error) => findings.fail("rollups", error.to_string(), "restore a backup"),
    }
}

/// Adds the money up in several ways.
async fn money(store: &Store, findings: &mut Findings) {
    match History::new(store.clone()).check_money().await {
        Ok(check) if check.is_balanced() => findings.ok(
            "money",
            format!(
                "{} entries, statements and leads come to the same money",
                check.entries
            ),
        ),
        Ok(check) => {
            let leads = check.wrong_leads.join(", ");
            let currencies: Vec<String> = check.wrong_currencies.into_iter().collect();
            let message = format!(
                "money is out of balance: currencies [{}], leads [{leads}]",
                currencies.join(", ")
            );
            let hint = "stop the servers and look again; if it stays, restore a backup";
            findings.fail("money", message, hint);
        }
        Err(error) => findings.fail("money", error.to_string(), "restore a backup"),
    }
}

fn print(findings: &[Finding], output: Output) -> anyhow::Result<()> {
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
        return Err(out::Reported.into());
    }
    Ok(())
}
