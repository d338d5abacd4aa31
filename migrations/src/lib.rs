//! The schema of the database, one file a migration.
//!
//! A migration is one SQL text for both databases. Four words in braces stand for what they spell
//! differently: `{text}`, `{integer}`, `{real}` and `{boolean}`; `{strict}` closes a table. Integers
//! are 64 bits wide, times are microseconds since 1970 in UTC, and money is in micro-units.
//!
//! Migrations only go forward, and a released one never changes: to change a table, add a file
//! that expands it now, and one that contracts it a release later.

mod m20261122_000001_configuration;
mod m20261122_000002_leads;
mod m20261122_000003_deliveries;
mod m20261122_000004_conversions;
mod m20261122_000005_books;
mod m20261122_000006_jobs;
mod m20261126_000007_rotations;
mod m20261126_000008_pings;
mod m20261128_000001_money;
mod m20261128_000011_last_commit;
mod m20261128_000012_refused_commands;
mod m20261128_000031_accepted_clock;
mod m20261128_000032_job_attempts;
mod m20261128_000041_allocations;
mod m20261128_000061_semantics;
mod m20261128_000081_installation;
mod m20261129_000091_commit_log;
mod m20261129_000092_commit_order;
mod m20261129_000101_experiments;
mod m20261129_000121_console_session;
mod m20261130_000201_allocation_times;
mod m20261130_000301_settings_changes;
mod m20261130_000302_rollups;
mod m20261130_000401_shadows;
mod m20261130_000402_rollouts;
mod m20261130_000601_console_access;
mod m20261130_000701_rollout_numbers;
mod m20261130_000801_stopped_flows;
mod m20261130_000821_outbox;
mod m20261130_000822_releases;
mod m20261130_000841_people;
mod m20261130_000901_sources;
mod m20261130_000902_dedupe;
mod m20261130_000911_named_lists;
mod m20261130_000951_data_keys;
mod m20261130_000951_returns;
mod m20261130_000952_statements;
mod m20261130_001101_alerts;
mod m20261130_001501_covariates;
mod m20261130_001502_times;
mod m20261130_002101_payouts;
mod m20261201_000101_source_postbacks;
mod m20261201_000201_bulk_jobs;
mod m20261201_000257_last_used;

use sea_orm_migration::{
    MigrationTrait, MigratorTrait, SchemaManager, async_trait,
    sea_orm::{
        ConnectionTrait, DatabaseConnection, DbBackend, DbErr, EntityTrait as _, QueryOrder as _,
    },
    seaql_migrations,
};
use thiserror::Error;

/// Why a database could not be brought up to date, or looked at.
#[derive(Debug, Error)]
pub enum MigrationError {
    /// A newer program has migrated the database; this one would misread it.
    #[error("the database has migrations that this program does not know: {names:?}")]
    Newer {
        /// Their names, oldest first.
        names: Vec<String>,
    },
    /// A statement failed; the migration it belongs to was undone.
    #[error("a migration failed")]
    Database {
        /// What the database said.
        #[from]
        source: DbErr,
    },
}

/// Runs the migrations that are missing, each in a transaction of its own.
///
/// * `connection`: a pool of one connection, on which nothing else runs.
///
/// # Errors
///
/// [`MigrationError`]; run it again once the cause is gone.
pub async fn migrate(connection: &DatabaseConnection) -> Result<(), MigrationError> {
    if pending(connection).await?.is_empty() {
        return Ok(());
    }
    let postgres = connection.get_database_backend() == DbBackend::Postgres;
    if postgres {
        // An index over many rows takes longer than any statement of a request may.
        connection
            .execute_unprepared("SET statement_timeout = 0")
            .await?;
    }
    let migrated = Migrator::up(connection, None).await;
    if postgres {
        connection
            .execute_unprepared("RESET statement_timeout")
            .await?;
    }
    migrated.map_err(MigrationError::from)
}

/// The names of the migrations that are missing, oldest first. Changes nothing.
///
/// # Errors
///
/// [`MigrationError`].
pub async fn pending(connection: &DatabaseConnection) -> Result<Vec<String>, MigrationError> {
    let known: Vec<String> = Migrator::migrations()
        .iter()
        .map(|migration| migration.name().to_owned())
        .collect();
    let applied = applied(connection).await?;
    let names: Vec<String> = applied
        .iter()
        .filter(|name| !known.contains(name))
        .cloned()
        .collect();
    if !names.is_empty() {
        return Err(MigrationError::Newer { names });
    }
    Ok(known
        .into_iter()
        .filter(|name| !applied.contains(name))
        .collect())
}

async fn applied(connection: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    let manager = SchemaManager::new(connection);
    if !manager.has_table("seaql_migrations").await? {
        return Ok(Vec::new());
    }
    let rows = seaql_migrations::Entity::find()
        .order_by_asc(seaql_migrations::Column::Version)
        .all(connection)
        .await?;
    Ok(rows.into_iter().map(|row| row.version).collect())
}

/// Every migration, oldest first.
struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261122_000001_configuration::Migration),
            Box::new(m20261122_000002_leads::Migration),
            Box::new(m20261122_000003_deliveries::Migration),
            Box::new(m20261122_000004_conversions::Migration),
            Box::new(m20261122_000005_books::Migration),
            Box::new(m20261122_000006_jobs::Migration),
            Box::new(m20261126_000007_rotations::Migration),
            Box::new(m20261126_000008_pings::Migration),
            Box::new(m20261128_000001_money::Migration),
            Box::new(m20261128_000011_last_commit::Migration),
            Box::new(m20261128_000012_refused_commands::Migration),
            Box::new(m20261128_000031_accepted_clock::Migration),
            Box::new(m20261128_000032_job_attempts::Migration),
            Box::new(m20261128_000041_allocations::Migration),
            Box::new(m20261128_000061_semantics::Migration),
            Box::new(m20261128_000081_installation::Migration),
            Box::new(m20261129_000091_commit_log::Migration),
            Box::new(m20261129_000092_commit_order::Migration),
            Box::new(m20261129_000101_experiments::Migration),
            Box::new(m20261129_000121_console_session::Migration),
            Box::new(m20261130_000201_allocation_times::Migration),
            Box::new(m20261130_000301_settings_changes::Migration),
            Box::new(m20261130_000302_rollups::Migration),
            Box::new(m20261130_000401_shadows::Migration),
            Box::new(m20261130_000402_rollouts::Migration),
            Box::new(m20261130_000601_console_access::Migration),
            Box::new(m20261130_000701_rollout_numbers::Migration),
            Box::new(m20261130_000801_stopped_flows::Migration),
            Box::new(m20261130_000821_outbox::Migration),
            Box::new(m20261130_000822_releases::Migration),
            Box::new(m20261130_000841_people::Migration),
            Box::new(m20261130_000901_sources::Migration),
            Box::new(m20261130_000902_dedupe::Migration),
            Box::new(m20261130_000951_data_keys::Migration),
            Box::new(m20261130_000951_returns::Migration),
            Box::new(m20261130_000952_statements::Migration),
            Box::new(m20261130_001501_covariates::Migration),
            Box::new(m20261130_001502_times::Migration),
            Box::new(m20261130_001101_alerts::Migration),
            Box::new(m20261130_000911_named_lists::Migration),
            Box::new(m20261130_002101_payouts::Migration),
            Box::new(m20261201_000101_source_postbacks::Migration),
            Box::new(m20261201_000201_bulk_jobs::Migration),
            Box::new(m20261201_000257_last_used::Migration),
        ]
    }
}

/// Runs a text of several statements in the words of the database at hand.
async fn run(manager: &SchemaManager<'_>, sql: &str) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    let sql = spell(sql, connection.get_database_backend());
    connection.execute_unprepared(&sql).await.map(|_| ())
}

/// Fills in the words that SQLite and PostgreSQL spell differently.
fn spell(sql: &str, backend: DbBackend) -> String {
    let [text, integer, real, boolean, strict] = match backend {
        // The C collation orders bytes, as SQLite does: a page has one order on both.
        DbBackend::Postgres => [
            "TEXT COLLATE \"C\"",
            "BIGINT",
            "DOUBLE PRECISION",
            "BOOLEAN",
            "",
        ],
        _ => ["TEXT", "INTEGER", "REAL", "INTEGER", "STRICT"],
    };
    sql.replace("{text}", text)
        .replace("{integer}", integer)
        .replace("{real}", real)
        .replace("{boolean}", boolean)
        .replace("{strict}", strict)
}
