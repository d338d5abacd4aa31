//! Flows that are stopped: they take no leads, whatever is live.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261130_000801_stopped_flows"
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
ALTER TABLE flow ADD COLUMN is_stopped {boolean} NOT NULL DEFAULT FALSE;
";
