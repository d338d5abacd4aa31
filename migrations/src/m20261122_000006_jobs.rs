//! Work outside a request.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_000006_jobs"
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
CREATE TABLE job (
    id          {text} PRIMARY KEY,
    kind        {text} NOT NULL,
    state       {text} NOT NULL,
    params_body {text} NOT NULL,
    progress    {real} NOT NULL,
    -- Null: not done.
    result_body {text},
    -- Null: not failed.
    error       {text},
    created_at  {integer} NOT NULL,
    updated_at  {integer} NOT NULL
) {strict};
CREATE INDEX job_by_time ON job (created_at, id);
CREATE INDEX job_by_state ON job (state, created_at, id);
";
