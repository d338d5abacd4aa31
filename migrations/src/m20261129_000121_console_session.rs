//! Sessions of the web console: a token that a browser signed in with, without its secret.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261129_000121_console_session"
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
CREATE TABLE console_session (
    -- Of what the browser holds; that itself is nowhere.
    secret_hash {text} PRIMARY KEY,
    token_id    {text} NOT NULL REFERENCES token (id),
    created_at  {integer} NOT NULL,
    expires_at  {integer} NOT NULL,
    -- The browser as it calls itself, cut.
    agent       {text} NOT NULL
) {strict};
CREATE INDEX console_session_by_end ON console_session (expires_at);
";
