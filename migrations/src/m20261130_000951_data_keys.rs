//! Keys by which secrets and personal values are sealed.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261130_000951_data_keys"
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
-- A key by which texts of this database are sealed, itself sealed by a master key that is not in it.
CREATE TABLE data_key (
    number     {integer} PRIMARY KEY,
    sealed_key {text} NOT NULL,
    -- What the master key is called.
    sealed_by  {text} NOT NULL,
    created_at {integer} NOT NULL
) {strict};
";
