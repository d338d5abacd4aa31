//! What is due for offers that are not settled for good, and what destinations call leads.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261130_000821_outbox"
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
CREATE TABLE outbox (
    delivery_id {text} PRIMARY KEY REFERENCES delivery (id),
    -- `retry`: the offer was surely not sent and is made again. `status`: the destination is asked what became of it.
    kind        {text} NOT NULL,
    -- The number of the next attempt, or of the next question, from 0.
    n           {integer} NOT NULL,
    due_at      {integer} NOT NULL
) {strict};
CREATE INDEX outbox_due ON outbox (kind, due_at);

-- Null: the destination gave no id of its own.
ALTER TABLE delivery ADD COLUMN reference {text};
";
