//! What became known of offers whose answer had been unknown.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261130_000822_releases"
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
-- Where the walk of the lead stood at the offer, it went on from there: the delivery is settled anew, and what it was settled
-- as before is kept here. Else the delivery keeps its state: what was decided after it was decided without this.
CREATE TABLE delivery_release (
    delivery_id {text} PRIMARY KEY REFERENCES delivery (id),
    seq         {integer} NOT NULL UNIQUE,
    at          {integer} NOT NULL,
    -- `accepted`, `rejected` or `not_sent`.
    answer      {text} NOT NULL,
    -- Who said so: `person`, `status` or `conversion`.
    origin      {text} NOT NULL,
    -- Null: nobody but the destination.
    by_whom     {text},
    -- Null: none was given.
    reason      {text},
    -- When its answer was found to be unknown, and when the walk ended for that. Null, all: the delivery keeps its state.
    held_seq    {integer} UNIQUE,
    held_at     {integer},
    ended_seq   {integer}
) {strict};
INSERT INTO duty (name, lease) VALUES ('status', 0);
";
