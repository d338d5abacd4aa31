//! A database of an earlier release becomes one of this release, also where the program is killed meanwhile.

use std::{
    fs::File,
    io::{self, Read as _},
    process::{Command, Stdio},
    thread,
    time::Instant,
};

use flate2::read::GzDecoder;
use pointsman_store::Store;
use pointsman_testkit::Postgres;
use tempfile::TempDir;

use crate::{
    program::{pointsman, root, stdout_of},
    restart::{everything, verify_url},
};

/// Written by the release that had no commit log, in the story of `restart.rs`: an SQLite file, and what `pg_dump` says.
const BEFORE_THE_COMMIT_LOG: &str = "tests/data/before-the-commit-log";
/// Decisions in it.
const N_DECISIONS: usize = 80;
const N_KILLS: u32 = 10;
/// How many of the kills must come before the end of the migration, for the story to say anything.
const N_HITS_MIN: u32 = 4;

/// A database of the earlier release that nobody else uses.
enum Old {
    File(TempDir),
    Server(Postgres, String),
}

impl Old {
    fn file() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut file = File::create(folder.path().join("pointsman.db")).unwrap();
        io::copy(&mut packed("db.gz"), &mut file).unwrap();
        Self::File(folder)
    }

    /// `None` where no PostgreSQL is named.
    async fn on_a_server() -> Option<Self> {
        let postgres = Postgres::named()?;
        let name = postgres.create().await.unwrap();
        let mut dump = String::new();
        packed("sql.gz").read_to_string(&mut dump).unwrap();
        postgres.execute(&name, &dump).await.unwrap();
        Some(Self::Server(postgres, name))
    }

    fn url(&self) -> String {
        match self {
            Self::File(folder) => {
                format!("sqlite://{}", folder.path().join("pointsman.db").display())
            }
            Self::Server(postgres, name) => postgres.url(postgres.host(), name),
        }
    }

    fn migrate(&self) -> Command {
        let mut migrate = pointsman();
        migrate.args(["migrate", "--db", &self.url()]);
        migrate
    }

    async fn contents(&self) -> Vec<String> {
        let store = Store::open_read_only(&self.url(), &pointsman_store::Options::default())
            .await
            .unwrap();
        let contents = everything(&store).await;
        store.close().await.unwrap();
        contents
    }

    /// Takes it away, where that does not happen by itself.
    async fn remove(self) {
        if let Self::Server(postgres, name) = self {
            postgres.remove(&name).await.unwrap();
        }
    }
}

fn packed(ending: &str) -> GzDecoder<File> {
    let path = root().join(format!("{BEFORE_THE_COMMIT_LOG}.{ending}"));
    GzDecoder::new(File::open(path).unwrap())
}

#[expect(
    clippy::print_stderr,
    reason = "which kill came at what time helps to repeat a failure"
)]
async fn kills_change_nothing(old: impl AsyncFn() -> Old) {
    let undisturbed = old().await;
    let started = Instant::now();
    stdout_of(&mut undisturbed.migrate());
    let whole = started.elapsed();
    verify_url(&undisturbed.url(), N_DECISIONS);
    let expected = undisturbed.contents().await;
    undisturbed.remove().await;

    let mut n_hits = 0;
    for n in 1..=N_KILLS {
        let killed = old().await;
        let mut migrate = killed.migrate();
        let migrate = migrate.stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = migrate.spawn().unwrap();
        let moment = whole * n / (N_KILLS + 1);
        thread::sleep(moment);
        child.kill().unwrap();
        let is_hit = !child.wait().unwrap().success();
        n_hits += u32::from(is_hit);
        eprintln!("kill {n} after {moment:?} of {whole:?}, before the end: {is_hit}");
        stdout_of(&mut killed.migrate());
        verify_url(&killed.url(), N_DECISIONS);
        assert_eq!(killed.contents().await, expected, "kill {n}");
        killed.remove().await;
    }
    assert!(n_hits >= N_HITS_MIN, "{n_hits} kills came before the end");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_in_the_middle_of_a_migration_of_a_file_changes_nothing() {
    Box::pin(kills_change_nothing(async || Old::file())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_in_the_middle_of_a_migration_on_a_server_changes_nothing() {
    if Postgres::named().is_some() {
        let old = async || Old::on_a_server().await.unwrap();
        Box::pin(kills_change_nothing(old)).await;
    }
}

#[test]
fn a_database_of_an_earlier_release_is_not_read_unasked() {
    let old = Old::file();
    let refused = pointsman()
        .args(["simulate", "--verify", &old.url()])
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success(), "{told}");
    assert!(told.contains("pointsman migrate"), "{told}");
}
