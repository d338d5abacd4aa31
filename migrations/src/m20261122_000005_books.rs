//! The weights of every bandit, by epoch.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_000005_books"
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
CREATE TABLE book (
    epoch      {integer} PRIMARY KEY,
    created_at {integer} NOT NULL,
    as_of      {integer} NOT NULL
) {strict};

-- Only what changed in an epoch: the book of an epoch is the latest entry up to it, key by key.
CREATE TABLE book_entry (
    flow           {text} NOT NULL,
    node           {text} NOT NULL,
    segment        {text} NOT NULL,
    epoch          {integer} NOT NULL REFERENCES book (epoch),
    weights_body   {text} NOT NULL,
    posterior_body {text} NOT NULL,
    PRIMARY KEY (flow, node, segment, epoch)
) {strict};
CREATE INDEX book_entry_by_epoch ON book_entry (epoch, flow, node, segment);
";
