//! Pings: who was asked for a bid at a step, and what they said.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261126_000008_pings"
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
-- Null, all three: the step asks nobody. The last is null too while bids are waited for; a restart
-- finds such a step among the decisions that have not ended, and asks again.
ALTER TABLE decision_step ADD COLUMN node {text};
ALTER TABLE decision_step ADD COLUMN asked {text};
ALTER TABLE decision_step ADD COLUMN bids_body {text};
";
