//! A step of a rollout begins at a number in commit order, and not at a count of leads that a fold may not have come to.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261130_000701_rollout_numbers"
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
-- The number after which leads count for the step that a rollout is at.
ALTER TABLE rollout RENAME COLUMN step_leads TO step_since_seq;
UPDATE rollout SET step_since_seq = COALESCE((
    SELECT MAX(seq) FROM rollout_change
    WHERE rollout_change.rollout = rollout.name AND after_state = 'running'
        AND (before_state IS NULL OR before_state <> 'running' OR before_step <> after_step)
), 0);
";
