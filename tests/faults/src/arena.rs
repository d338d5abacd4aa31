//! Servers, buyers with ledgers, and the files that the checker reads.

use std::{
    path::Path,
    process::Command,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use acceptance::{
    caller::Caller,
    program::{pointsman, stdout_of},
    server::{Program, Server},
    site::{publish, put_destination, solar_fields, token},
};
use checker::{
    Report,
    records::{JournalEntry, RecordFile},
};
use pointsman_testkit::Postgres;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    buyer::LedgerBuyer,
    manner::Habits,
    now,
    outcome::Outcome,
    senders::{Callers, Pace, Senders},
};

/// Longer than a lease runs and a lead has time.
const SETTLED_MAX: Duration = Duration::from_mins(2);
/// Time that a buyer may take.
pub const BUYER_MS: u32 = 1_000;

/// A buyer with the settings of its destination.
pub struct Stall {
    /// Its name.
    pub name: &'static str,
    /// What it does on ordinary days.
    pub habits: Habits,
    /// Caps and the rest.
    pub settings: Value,
}

/// On what an arena stores.
pub enum Ground {
    /// A file, and one server.
    Sqlite,
    /// A database of a server, and so many servers of ours on it.
    Postgres(Postgres, usize),
}

/// Servers with buyers, and what both sides write down.
pub struct Arena {
    /// The servers, each of which may be down.
    pub servers: Vec<Server>,
    /// All buyers.
    pub buyers: Vec<LedgerBuyer>,
    /// Where the servers are now, for the source `web`.
    pub callers: Callers,
    /// What sources were told.
    pub journal: Arc<RecordFile>,
    folder: TempDir,
    /// As commands are told it, and as the checker opens it.
    database: (String, String),
    postgres: Option<(Postgres, String)>,
    source_token: String,
    postback_token: String,
}

/// A name of its own for each server, which stays when it starts again: it takes what it had left.
const PROGRAMS: [Program; 2] = [first, second];

fn first() -> Command {
    let mut command = pointsman();
    command.env("POINTSMAN_NODE", "first");
    command
}

fn second() -> Command {
    let mut command = pointsman();
    command.env("POINTSMAN_NODE", "second");
    command
}

impl Arena {
    /// Opens an arena with a flow over all of its buyers.
    pub async fn open(ground: Ground, stalls: Vec<Stall>, flow: &Value) -> Self {
        // Boxed: opening holds more than a scenario's stack should.
        Box::pin(Self::opened(ground, stalls, flow)).await
    }

    async fn opened(ground: Ground, stalls: Vec<Stall>, flow: &Value) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let journal = Arc::new(RecordFile::open(&folder.path().join(checker::JOURNAL)).unwrap());
        let (servers, database, postgres) = start(ground).await;
        let admin = servers[0].admin();
        let schema = json!({"vertical": "solar", "fields": solar_fields()});
        admin.change("putLeadSchema", &schema, "").await;
        let mut buyers = Vec::new();
        for Stall {
            name,
            habits,
            settings,
        } in stalls
        {
            let buyer = LedgerBuyer::open(name, habits, folder.path())
                .await
                .unwrap();
            put_destination(&admin, name, &buyer.target(BUYER_MS), &settings).await;
            buyers.push(buyer);
        }
        publish(&admin, flow).await;
        let source_token = token(&admin, "SOURCE", json!({"source": "web"})).await;
        let postback_token = token(&admin, "POSTBACK", json!({})).await;
        let callers = servers.iter().map(|it| it.caller(&source_token)).collect();
        let arena = Self {
            servers,
            buyers,
            callers: Arc::new(RwLock::new(callers)),
            journal,
            folder,
            database,
            postgres,
            source_token,
            postback_token,
        };
        for buyer in &arena.buyers {
            buyer.reports_to(arena.stranger(0), &arena.postbacks());
        }
        arena
    }

    /// What it stores on, for people.
    pub fn ground(&self) -> String {
        match (&self.postgres, self.servers.len()) {
            (None, _) => "SQLite".to_owned(),
            (Some(_), 1) => "PostgreSQL".to_owned(),
            (Some(_), n) => format!("PostgreSQL, {n} servers"),
        }
    }

    /// The database as the checker opens it.
    pub fn database(&self) -> &str {
        &self.database.1
    }

    /// Where the files are.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A buyer by its name.
    pub fn buyer(&self, name: &str) -> &LedgerBuyer {
        self.buyers.iter().find(|it| it.name == name).unwrap()
    }

    /// Somebody without a token, at one of the servers.
    pub fn stranger(&self, server: usize) -> Caller {
        self.servers[server].stranger()
    }

    /// The source `web`, at one of the servers.
    pub fn source(&self, server: usize) -> Caller {
        self.servers[server].caller(&self.source_token)
    }

    /// The address that takes postbacks.
    pub fn postbacks(&self) -> String {
        format!("/v1/postbacks/{}", self.postback_token)
    }

    /// Lets sources send.
    pub fn send(&self, pace: Pace) -> Senders {
        Senders::start(pace, &self.callers, &self.journal)
    }

    /// Kills a server, and writes down when.
    pub fn kill(&mut self, server: usize) {
        self.servers[server].kill();
        self.journal.write(&JournalEntry::Killed { at: now() });
    }

    /// Starts a server again; how long it took until it listened.
    pub fn start_again(&mut self, server: usize) -> Duration {
        let began = Instant::now();
        self.servers[server].start_again();
        self.moved(server);
        began.elapsed()
    }

    /// Starts a server and kills it after so long, wherever it has come to.
    pub fn start_again_and_kill(&mut self, server: usize, after: Duration) {
        self.servers[server].start_again_and_kill(after);
        self.journal.write(&JournalEntry::Killed { at: now() });
    }

    /// Tells everybody where a server is now.
    pub fn moved(&self, server: usize) {
        let caller = self.source(server);
        self.callers.write().unwrap_or_else(PoisonError::into_inner)[server] = caller;
        for buyer in &self.buyers {
            buyer.reports_to(self.stranger(0), &self.postbacks());
        }
    }

    /// Waits until nothing is under way.
    pub async fn settled(&self) {
        let deadline = Instant::now() + SETTLED_MAX;
        loop {
            // The database may be on its way back.
            let left = checker::under_way(self.database()).await;
            if left.as_ref().is_ok_and(|left| *left == 0) {
                return;
            }
            assert!(Instant::now() < deadline, "still under way: {left:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// What all servers know of bandits' arms, once they agree.
    async fn settled_arms(&self) -> String {
        let deadline = Instant::now() + SETTLED_MAX;
        loop {
            let mut known = Vec::new();
            for server in 0..self.servers.len() {
                known.push(self.arms(server).await);
            }
            let again = self.arms(0).await;
            if known.iter().all(|it| *it == again) {
                return again.1;
            }
            assert!(Instant::now() < deadline, "the servers disagree: {known:?}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// How many servers hold a lease.
    pub async fn open_leases(&self) -> i64 {
        let sql = "SELECT COUNT(*) AS number FROM lease WHERE taken_by IS NULL";
        checker::number(self.database(), sql)
            .await
            .unwrap_or(i64::MAX)
    }

    /// The number up to which the arms of bandits are known at a server, and the hash of what is known.
    pub async fn arms(&self, server: usize) -> (String, String) {
        let admin = self.servers[server].admin();
        let found = admin
            .graphql("{ armState { number hash } }", &json!({}))
            .await;
        let text = |name: &str| {
            found["armState"][name]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        };
        (text("number"), text("hash"))
    }

    /// Waits until nothing is under way, stops all servers, makes every decision again, and lets the checker look.
    pub async fn close(mut self, outcome: &mut Outcome) -> Report {
        self.settled().await;
        let arms = self.settled_arms().await;
        outcome.on = self.ground();
        for server in &mut self.servers {
            server.stop_after_trouble();
        }
        let logs: Vec<String> = self.servers.iter().map(Server::log).collect();
        let panics = logs
            .iter()
            .flat_map(|log| log.lines())
            .filter(|it| it.contains("panicked"));
        let panics: Vec<&str> = panics.collect();
        outcome.must("no server panics", panics.join("\n"), panics.is_empty());
        let report = checker::check(self.database(), self.folder())
            .await
            .unwrap();
        let printed = verified(&self.database.0, report.counts.decisions, outcome);
        let mut lines = printed.lines();
        let same = lines.any(|line| line.starts_with("arms at number ") && line.ends_with(&arms));
        outcome.must(
            "what bandits know is what decisions taught, bit for bit",
            arms,
            same,
        );
        outcome.checked(&report);
        if let Some((postgres, name)) = &self.postgres {
            postgres.remove(name).await.unwrap();
        }
        report
    }
}

/// Makes every decision of a database again; what was printed.
pub fn verified(database: &str, n_decisions: usize, outcome: &mut Outcome) -> String {
    let printed = pointsman()
        .args(["simulate", "--verify", database])
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&printed.stdout).into_owned();
    let last = printed.lines().last().unwrap_or_default().to_owned();
    let holds = last == format!("{n_decisions} of {n_decisions}");
    outcome.must("every decision comes out as stored", last, holds);
    printed
}

async fn start(ground: Ground) -> (Vec<Server>, (String, String), Option<(Postgres, String)>) {
    match ground {
        Ground::Sqlite => {
            let server = Server::start_on("pointsman.db", first);
            let file = server.database().display().to_string();
            let url = format!("sqlite://{file}?mode=ro");
            (vec![server], (file, url), None)
        }
        Ground::Postgres(postgres, n_servers) => {
            let name = postgres.create().await.unwrap();
            let url = postgres.url(postgres.host(), &name);
            let mut servers = vec![Server::start_on(&url, PROGRAMS[0])];
            for program in PROGRAMS.iter().take(n_servers).skip(1) {
                let next = servers[0].beside_on(&url, *program);
                servers.push(next);
            }
            (servers, (url.clone(), url), Some((postgres, name)))
        }
    }
}

/// A file with the database of an arena, as a backup; what the command says.
pub fn backup(database: &str, file: &Path) -> Value {
    let mut backup = pointsman();
    backup
        .arg("backup")
        .arg(file)
        .arg("--db")
        .arg(database)
        .args(["--output", "json"]);
    serde_json::from_str(&stdout_of(&mut backup)).unwrap()
}
