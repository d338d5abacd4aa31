//! A fresh database for each test, on either kind of server.

use std::{
    future::Future,
    sync::atomic::{AtomicU32, Ordering},
};

use pointsman_store::{Options, Store};
use sea_orm::sqlx::{
    AssertSqlSafe, Connection as _, Executor as _, PgConnection, SqliteConnection,
};
use tempfile::TempDir;

/// Makes two tests of each story: `sqlite::name` and `postgres::name`.
macro_rules! on_both_databases {
    ($($name:ident,)*) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $name() {
                crate::database::on_sqlite(super::$name).await;
            })*
        }
        mod postgres {
            $(#[tokio::test]
            async fn $name() {
                crate::database::on_postgres(super::$name).await;
            })*
        }
    };
}
pub(crate) use on_both_databases;

/// A database that nobody else uses.
pub(crate) struct Database {
    pub(crate) url: String,
    _folder: Option<TempDir>,
}

impl Database {
    pub(crate) async fn open(&self) -> Store {
        Store::open(&self.url, &options()).await.unwrap()
    }

    /// Runs a statement behind the back of whoever has it open.
    pub(crate) async fn run(&self, sql: &str) {
        if self.url.starts_with("postgres") {
            return execute(&self.url, sql.to_owned()).await;
        }
        let mut connection = SqliteConnection::connect(&self.url).await.unwrap();
        let sql = AssertSqlSafe(sql.to_owned());
        connection.execute(sql).await.unwrap();
        connection.close().await.unwrap();
    }
}

pub(crate) fn options() -> Options {
    Options {
        readers: 2,
        ..Options::default()
    }
}

pub(crate) async fn on_sqlite<F: Future<Output = ()>>(story: impl FnOnce(Database) -> F) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("test.db").display());
    let database = Database {
        url,
        _folder: Some(folder),
    };
    story(database).await;
}

/// Skips the story where no server was named, unless that is a mistake.
#[expect(clippy::print_stderr, reason = "a test that was skipped says so")]
pub(crate) async fn on_postgres<F: Future<Output = ()>>(story: impl FnOnce(Database) -> F) {
    let Ok(server) = std::env::var("POINTSMAN_TEST_POSTGRES") else {
        assert!(
            std::env::var_os("CI").is_none(),
            "CI has to name a server in POINTSMAN_TEST_POSTGRES"
        );
        eprintln!("POINTSMAN_TEST_POSTGRES names no server: not run on PostgreSQL");
        return;
    };
    let name = fresh_name();
    execute(&server, format!("CREATE DATABASE {name}")).await;
    let url = with_name(&server, &name);
    let database = Database { url, _folder: None };
    story(database).await;
    // After a failure the database stays, to look into.
    execute(&server, format!("DROP DATABASE {name} WITH (FORCE)")).await;
}

/// Runs a statement on a connection of its own.
pub(crate) async fn execute(url: &str, sql: String) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    connection.execute(AssertSqlSafe(sql)).await.unwrap();
    connection.close().await.unwrap();
}

fn fresh_name() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let started = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    format!(
        "pointsman_test_{}_{}_{count}",
        started.as_micros(),
        std::process::id()
    )
}

/// The URL of another database on the same server.
fn with_name(server: &str, name: &str) -> String {
    let (base, query) = server.split_once('?').unwrap_or((server, ""));
    let (base, _) = base.rsplit_once('/').unwrap();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{base}/{name}{mark}{query}")
}
