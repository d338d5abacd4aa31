//! Which transaction was committed last, by name.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261128_000011_last_commit"
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
CREATE TABLE last_commit (
    -- One row, the first.
    id      {integer} PRIMARY KEY,
    -- Names the transaction; empty where none was written yet.
    name    {text} NOT NULL,
    -- Filled and emptied again within a transaction that tries whether there is room. Null: empty.
    ballast {text}
) {strict};
INSERT INTO last_commit (id, name) VALUES (1, '');
";
