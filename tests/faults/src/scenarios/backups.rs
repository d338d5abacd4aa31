//! R13: backups under load between kills, restored elsewhere; and migrations that are killed.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use acceptance::program::{pointsman, stdout_of};
use checker::records::{self, JournalEntry};

use super::kills::tell;
use crate::{
    arena::{Arena, Ground, backup, verified},
    market::{market, market_flow},
    outcome::Outcome,
    plan::Plan,
    senders::Pace,
};

/// Leads that are acknowledged before each backup.
const BETWEEN: usize = 60;
/// Keys in one statement.
const KEYS: usize = 500;

/// Each round is a backup and its restoration, and a migration that is killed.
pub(super) async fn run(plan: Plan) -> Option<Outcome> {
    let mut outcome = Outcome::of("R13", "SQLite", &plan);
    let mut arena = Arena::open(Ground::Sqlite, market(20 * plan.rounds), &market_flow()).await;
    let senders = arena.send(Pace::steady("copied", 80));
    let folder = tempfile::tempdir().unwrap();
    for round in 0..plan.rounds {
        senders.wait_for(BETWEEN).await;
        let told: Vec<JournalEntry> =
            records::read(&arena.folder().join(checker::JOURNAL)).unwrap();
        let copy = folder.path().join(format!("copy-{round}.db"));
        let database = arena.servers[0].database().display().to_string();
        let manifest = backup(&database, &copy);
        if plan.draw(round, 0, 2) == 0 {
            arena.kill(0);
            arena.start_again(0);
        }
        let n_leads = usize::try_from(manifest["leads"].as_u64().unwrap()).unwrap();
        restored(folder.path(), &copy, (&told, n_leads), &mut outcome).await;
    }
    tell(&senders.finish().await, &mut outcome);
    migrations(&plan, folder.path(), &mut outcome).await;
    arena.close(&mut outcome).await;
    Some(outcome)
}

/// What was told before the backup began is in it, and all its decisions come out as stored.
async fn restored(
    folder: &Path,
    copy: &Path,
    (told, n_leads): (&[JournalEntry], usize),
    outcome: &mut Outcome,
) {
    let database = folder.join("restored.db");
    stdout_of(
        pointsman()
            .arg("restore")
            .arg(copy)
            .arg("--db")
            .arg(&database),
    );
    let url = format!("sqlite://{}?mode=ro", database.display());
    let keys: Vec<&str> = told
        .iter()
        .filter_map(|entry| match entry {
            JournalEntry::Acknowledged { key, .. } => Some(&**key),
            JournalEntry::Killed { .. } => None,
        })
        .collect();
    let mut n_found = 0;
    for keys in keys.chunks(KEYS) {
        let list = format!("'{}'", keys.join("','"));
        let sql = format!("SELECT COUNT(*) AS number FROM lead WHERE idempotency_key IN ({list})");
        n_found += usize::try_from(count(&url, &sql).await).unwrap();
    }
    let found = format!("{n_found} of {}", keys.len());
    outcome.must(
        "what was told before a backup is in it",
        found,
        n_found == keys.len(),
    );
    let n_stored =
        usize::try_from(count(&url, "SELECT COUNT(*) AS number FROM lead").await).unwrap();
    let found = format!("{n_stored} of {n_leads}");
    outcome.must(
        "a backup holds as many leads as it says",
        found,
        n_stored == n_leads,
    );
    let health = "SELECT COUNT(*) AS number FROM pragma_quick_check WHERE quick_check <> 'ok'";
    let n_damaged = count(&url, health).await;
    outcome.must("a restored file is sound", n_damaged, n_damaged == 0);
    let decisions = count(&url, "SELECT COUNT(*) AS number FROM decision").await;
    let path = database.display().to_string();
    verified(&path, usize::try_from(decisions).unwrap(), outcome);
    fs::remove_file(&database).unwrap();
}

async fn count(url: &str, sql: &str) -> i64 {
    checker::number(url, sql).await.unwrap()
}

/// A migration that is killed again and again comes to its end, and one more changes nothing.
async fn migrations(plan: &Plan, folder: &Path, outcome: &mut Outcome) {
    let database = folder.join("migrated.db");
    let migrate = || {
        let mut command = pointsman();
        command.arg("migrate").arg("--db").arg(&database);
        command
    };
    let mut n_cut = 0;
    for round in 0..4 * plan.rounds {
        let mut child = migrate()
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let moment = Duration::from_micros(plan.draw(round, 9, 60_000));
        let began = Instant::now();
        while began.elapsed() < moment {
            tokio::time::sleep(Duration::from_micros(200)).await;
        }
        n_cut += usize::from(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
    }
    stdout_of(&mut migrate());
    let url = format!("sqlite://{}?mode=ro", database.display());
    let tables = "SELECT COUNT(*) AS number FROM sqlite_schema";
    let before = checker::number(&url, tables).await.unwrap();
    stdout_of(&mut migrate());
    let after = checker::number(&url, tables).await.unwrap();
    let told = format!("{n_cut} killed; {before} tables and indices, then {after}");
    outcome.must(
        "a migration that was killed is taken up, and one more changes nothing",
        told,
        before == after,
    );
}
