//! Clocks that somebody has accepted, although times were stored that lie after them.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261128_000031_accepted_clock"
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
CREATE TABLE accepted_clock (
    -- The last number in commit order that was given out before.
    seq         {integer} PRIMARY KEY,
    -- The time stored with it.
    stored_at   {integer} NOT NULL,
    -- What the clock showed that was accepted; it goes on from here.
    accepted_at {integer} NOT NULL
) {strict};
";
