//! Named lists: their versions, and the values of each.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261130_000911_named_lists"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    // SQLite would otherwise keep half a migration after a crash.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::run(manager, SQL).await
    }
}

const SQL: &str = r"
-- Lists that predicates ask, each with its present version.
CREATE TABLE named_list (
    name       {text} PRIMARY KEY,
    kind       {text} NOT NULL,
    -- Of the values; catalogs name them by it.
    hash       {text} NOT NULL,
    n_values   {integer} NOT NULL,
    revision   {integer} NOT NULL,
    created_at {integer} NOT NULL,
    updated_at {integer} NOT NULL
) {strict};

-- All versions of a list, the present one among them.
CREATE TABLE named_list_version (
    name       {text} NOT NULL REFERENCES named_list (name),
    revision   {integer} NOT NULL,
    hash       {text} NOT NULL,
    n_values   {integer} NOT NULL,
    created_at {integer} NOT NULL,
    PRIMARY KEY (name, revision)
) {strict};

-- The values of lists by the hash of the list, sorted, a line each. They are stored in parts before the version is, so
-- that no transaction is long; parts whose version never came stand for nothing.
CREATE TABLE list_part (
    hash {text} NOT NULL,
    part {integer} NOT NULL,
    body {text} NOT NULL,
    PRIMARY KEY (hash, part)
) {strict};
";
