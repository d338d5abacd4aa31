//! What needed a person, from when to when, and what a webhook was told of it.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261130_001101_alerts"
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
CREATE TABLE alert (
    id          {text} PRIMARY KEY,
    kind        {text} NOT NULL,
    -- A destination, a source, or a cap of a destination.
    subject     {text} NOT NULL,
    message     {text} NOT NULL,
    began_at    {integer} NOT NULL,
    -- Null: it lasts.
    ended_at    {integer},
    -- When the webhook took that it began, and that it was over. Null: it has not taken it.
    told_at     {integer},
    end_told_at {integer}
) {strict};
CREATE INDEX alert_began ON alert (began_at, id);
-- Of the same thing one alert lasts at a time.
CREATE UNIQUE INDEX alert_lasting ON alert (kind, subject) WHERE ended_at IS NULL;
";
