//! When tokens, and sessions of the web console, were used last.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261201_000257_last_used"
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
-- Null: not used since this is kept. Written now and then, so it may be some minutes too early.
ALTER TABLE token ADD COLUMN last_used_at {integer};
ALTER TABLE console_session ADD COLUMN last_seen_at {integer};
";
