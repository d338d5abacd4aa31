//! Versions of flows keep the semantics that they were published under.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261128_000061_semantics"
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

// What an earlier release publishes, before or after this, draws by version 1.
const SQL: &str = r"
ALTER TABLE flow_version ADD COLUMN semantics {integer} NOT NULL DEFAULT 1;
";
