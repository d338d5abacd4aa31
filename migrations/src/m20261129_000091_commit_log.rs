//! The commit log and the snapshots of what is folded from it.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261129_000091_commit_log"
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
-- What each transaction of the sequencer changed of what is folded, in commit order. A transaction that changed
-- nothing of it has no row. What was committed before this table was there is in the other tables alone.
CREATE TABLE commit_log (
    -- The last number in commit order that the transaction gave out.
    number  {integer} PRIMARY KEY,
    at      {integer} NOT NULL,
    -- JSON: the events of the ledger, and what bandits observed.
    body    {text} NOT NULL
) {strict};

-- What a fold came to at a number: a start reads the newest one and the log after it.
CREATE TABLE snapshot (
    fold    {text} NOT NULL,
    number  {integer} NOT NULL,
    -- Version of the code of the fold.
    format  {integer} NOT NULL,
    -- Version of the program that wrote it.
    program {text} NOT NULL,
    made_at {integer} NOT NULL,
    body    {text} NOT NULL,
    -- SHA-256 of the body, hex.
    hash    {text} NOT NULL,
    PRIMARY KEY (fold, number)
) {strict};
";
