//! A key for the hashes of sticky values, one a database, and the hashes that each decision drew by.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261128_000081_installation"
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
-- One row, made by the first start.
CREATE TABLE installation (
    id       {integer} PRIMARY KEY CHECK (id = 1),
    -- 32 hex digits. Secret: who has it can find out by trying which value a hash is of.
    hash_key {text} NOT NULL
) {strict};

-- Hashes by the names of their fields; null where no sticky node drew, and before this column was there.
ALTER TABLE decision ADD COLUMN unit_hashes_body {text};
";
