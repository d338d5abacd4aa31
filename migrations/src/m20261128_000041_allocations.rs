//! The weights of bandits are allocations in the tables too, and what was reported of a delivery its conversion totals.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261128_000041_allocations"
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
ALTER TABLE book RENAME TO allocation;
ALTER TABLE book_entry RENAME TO allocation_entry;
DROP INDEX book_entry_by_epoch;
CREATE INDEX allocation_entry_by_epoch ON allocation_entry (epoch, flow, node, segment);
ALTER TABLE delivery RENAME COLUMN account_body TO conversion_totals_body;
";
