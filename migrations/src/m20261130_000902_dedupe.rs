//! Which leads stand in the way of others that are like them.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261130_000902_dedupe"
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
-- The latest lead of each key that may still be sold, or was. A fold over leads, decisions and deliveries in commit order.
CREATE TABLE dedupe_hold (
    -- `flow:` or `destination:` and a name; of test leads with `:test` behind it.
    scope   {text} NOT NULL,
    -- Keyed hash of the compared values.
    hash    {text} NOT NULL,
    lead_id {text} NOT NULL,
    -- When the lead came, or was offered.
    at      {integer} NOT NULL,
    PRIMARY KEY (scope, hash)
) {strict};
";
