//! The whole run: two databases made, starts timed, commits timed.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::Result;
use pointsman_lead::Timestamp;
use sea_orm::{ConnectionTrait as _, Statement};

use crate::{
    cli::Bench,
    commits::{self, Costs},
    multiply, parked,
    report::{GROWTH, Line, MEMORY, MEMORY_LATER, Results, START, START_LATER},
    say,
    start::{self, Start},
    template::{self, N_LEADS, Pace},
    url::Url,
};

/// Of 5 million leads: catalogs, and postbacks of clicks that nobody knows.
const LEADS_PER_CATALOG: u64 = 2_500;
const CATALOGS_MIN: u64 = 20;
const LEADS_PER_TWO_PARKED: u64 = 25;

/// A database and the leads in it.
struct Database {
    url: Url,
    n_leads: u64,
    /// Whether this run has made it.
    is_new: bool,
}

/// Makes both databases unless they are there, and measures everything.
pub(crate) async fn measure(bench: &Bench) -> Result<Results> {
    let mut results = Results::default();
    let url = Url::new(&bench.database);
    url.prepare(&url).await?;
    url.small().prepare(&url).await?;
    let small = made(url.small(), bench.small_leads, &mut results).await?;
    let large = made(url, bench.leads, &mut results).await?;
    for database in [&small, &large] {
        starts(bench, database, &mut results).await?;
    }
    let urls = [&small.url, &large.url];
    let costs = commits::measure(&urls, bench.commits, bench.batch).await?;
    let databases = [small, large];
    say_costs(&databases, &costs, &mut results);
    for database in &databases {
        let start = median_start(bench, database).await?;
        results.add(database.line(START_LATER, start.ready.as_secs_f64(), "s"));
        results.add(database.line(MEMORY_LATER, start.at_rest, "MiB"));
    }
    if !bench.keep {
        for url in [Url::new(&bench.database), Url::new(&bench.database).small()] {
            url.remove();
        }
    }
    Ok(results)
}

/// Makes a database unless it was made before.
async fn made(url: Url, n_leads: u64, results: &mut Results) -> Result<Database> {
    let n_leads = n_leads.div_ceil(N_LEADS) * N_LEADS;
    let is_new = !has_leads(&url).await?;
    let database = Database {
        url,
        n_leads,
        is_new,
    };
    let Database { url, .. } = &database;
    if !is_new {
        say(&format!("{} was made before", url.as_str()));
        return Ok(database);
    }
    say(&format!("making {}", url.as_str()));
    let started = Instant::now();
    let pace = Pace::of(n_leads, now()?)?;
    let n_catalogs = (n_leads / LEADS_PER_CATALOG).max(CATALOGS_MIN);
    template::make(url, pace, n_catalogs).await?;
    multiply::multiply(url, n_leads, n_catalogs, pace).await?;
    let n_parked = n_leads * 2 / LEADS_PER_TWO_PARKED;
    parked::park(url, n_parked, n_leads, pace).await?;
    forget_folds(url).await?;
    results.add(database.line("making the history", started.elapsed().as_secs_f64(), "s"));
    Ok(database)
}

/// Leaves the database as a release did that knew neither the commit log nor snapshots.
async fn forget_folds(url: &Url) -> Result<()> {
    let connection = url.writer().await?;
    for sql in ["DELETE FROM commit_log", "DELETE FROM snapshot"] {
        connection.execute_unprepared(sql).await?;
    }
    Ok(connection.close().await?)
}

/// Whether a database has a history already; a new one gets its tables.
async fn has_leads(url: &Url) -> Result<bool> {
    if url.file().is_some_and(|file| !file.exists()) {
        return Ok(false);
    }
    // It migrates, so that the question can be asked.
    let options = pointsman_store::Options::default();
    let store = pointsman_store::Store::open(url.as_str(), &options).await?;
    store.close().await?;
    let connection = url.writer().await?;
    let sql = "SELECT 1 FROM lead LIMIT 1";
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let found = connection.query_one_raw(statement).await?;
    connection.close().await?;
    Ok(found.is_some())
}

/// Starts the service several times. The first start on a new database folds all of history, and is told apart.
async fn starts(bench: &Bench, database: &Database, results: &mut Results) -> Result<()> {
    let binary = bench.binary.as_deref();
    if database.is_new {
        let first = start::measure(binary, &database.url, "info").await?;
        let ready = first.ready.as_secs_f64();
        results.add(database.line("first start, which folds everything", ready, "s"));
        results.add(database.line("memory at rest after the first start", first.at_rest, "MiB"));
        results.add(database.line("most memory of the first start", first.most, "MiB"));
    }
    let median = median_start(bench, database).await?;
    results.add(database.line(START, median.ready.as_secs_f64(), "s"));
    results.add(database.line(MEMORY, median.at_rest, "MiB"));
    results.add(database.line("most memory of a start", median.most, "MiB"));
    Ok(())
}

/// Starts the service several times; the one in the middle counts.
async fn median_start(bench: &Bench, database: &Database) -> Result<Start> {
    let mut all = Vec::new();
    for _ in 0..bench.starts.max(1) {
        all.push(start::measure(bench.binary.as_deref(), &database.url, "warn").await?);
    }
    all.sort_by_key(|start| start.ready);
    Ok(all[all.len() / 2])
}

fn say_costs(databases: &[Database], costs: &[Costs], results: &mut Results) {
    let mut ratios = Vec::new();
    for (database, costs) in databases.iter().zip(costs) {
        let (ours, bare) = costs.medians_ms();
        results.add(database.line("our commit", ours, "ms"));
        results.add(database.line("bare insert of the same rows", bare, "ms"));
        results.add(database.line("ours / bare", ours / bare, "x"));
        ratios.push(ours / bare);
    }
    if let ([small, large], Some(database)) = (ratios.as_slice(), databases.last()) {
        results.add(database.line(GROWTH, large / small, "x"));
    }
}

impl Database {
    fn line(&self, task: &'static str, value: f64, unit: &'static str) -> Line {
        Line {
            task,
            database: self.url.kind(),
            leads: self.n_leads,
            value,
            unit,
        }
    }
}

fn now() -> Result<Timestamp> {
    let since: Duration = SystemTime::now().duration_since(UNIX_EPOCH)?;
    Ok(Timestamp(i64::try_from(since.as_micros())?))
}
