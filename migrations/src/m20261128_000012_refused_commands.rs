//! What could never be stored, for people to look at.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261128_000012_refused_commands"
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
CREATE TABLE refused_command (
    id       {text} PRIMARY KEY,
    kind     {text} NOT NULL,
    -- The lead, or the click of a postback.
    subject  {text} NOT NULL,
    -- Who sent it: a source or a destination. Null: a postback of a token for all destinations.
    sender   {text},
    reason   {text} NOT NULL,
    at       {integer} NOT NULL
) {strict};
CREATE INDEX refused_command_by_time ON refused_command (at, id);
";
