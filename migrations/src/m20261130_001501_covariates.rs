//! What was known of the leads of experiments before they drew.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261130_001501_covariates"
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
-- The covariates of the plan in their order, in millionths; of what is true or false 1,000,000 or 0. Null: the plan has fewer,
-- or the lead has no value.
ALTER TABLE experiment_lead ADD COLUMN covariate_1 {integer};
ALTER TABLE experiment_lead ADD COLUMN covariate_2 {integer};
ALTER TABLE experiment_lead ADD COLUMN covariate_3 {integer};
ALTER TABLE experiment_lead ADD COLUMN covariate_4 {integer};
";
