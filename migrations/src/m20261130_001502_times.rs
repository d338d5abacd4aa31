//! How long the leads of experiments were on their way.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261130_001502_times"
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
-- From the first step to the end of the walk; 0 before it has ended, and for leads of before this was measured.
ALTER TABLE experiment_lead ADD COLUMN latency_ms {integer} NOT NULL DEFAULT 0;
-- 1 if that is more than the plan allows.
ALTER TABLE experiment_lead ADD COLUMN slow {integer} NOT NULL DEFAULT 0;
";
