//! Sources: how their payloads are read, and what leads were given as.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261130_000901_sources"
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
-- Sources that have a document; others send our own JSON alone.
CREATE TABLE source (
    name          {text} PRIMARY KEY,
    -- JSON, with secrets.
    document_body {text} NOT NULL,
    revision      {integer} NOT NULL,
    created_at    {integer} NOT NULL,
    updated_at    {integer} NOT NULL
) {strict};

-- What a lead was given as, where a document has read it.
CREATE TABLE lead_given (
    lead_id         {text} PRIMARY KEY REFERENCES lead (id),
    -- The revision of the document of its source.
    source_revision {integer} NOT NULL,
    -- JSON: values by field as they were sent, and answers that no field took.
    body            {text} NOT NULL
) {strict};
";
