//! The store as its callers meet it: every story on SQLite, and on PostgreSQL where
//! `POINTSMAN_TEST_POSTGRES` names a server, such as `postgres://postgres@127.0.0.1:5432/postgres`.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

#[path = "store/alerts.rs"]
mod alerts;
#[path = "store/allocations.rs"]
mod allocations;
#[path = "store/batches.rs"]
mod batches;
#[path = "store/commits.rs"]
mod commits;
#[path = "store/configuration.rs"]
mod configuration;
#[path = "store/conversions.rs"]
mod conversions;
#[path = "store/database.rs"]
mod database;
#[path = "store/experiments.rs"]
mod experiments;
#[path = "store/installation.rs"]
mod installation;
#[path = "store/leases.rs"]
mod leases;
#[path = "store/opening.rs"]
mod opening;
#[path = "store/order.rs"]
mod order;
#[path = "store/pages.rs"]
mod pages;
#[path = "store/postgres.rs"]
mod postgres;
#[path = "store/rows.rs"]
mod rows;
#[path = "store/sealing.rs"]
mod sealing;
#[path = "store/snapshots.rs"]
mod snapshots;
#[path = "store/transactions.rs"]
mod transactions;
