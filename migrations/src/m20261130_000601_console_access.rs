//! Links that sign a browser in once, and who looked at the personal data of which lead.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261130_000601_console_access"
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
CREATE TABLE sign_in_link (
    -- Of the code in the link; that itself is nowhere.
    code_hash  {text} PRIMARY KEY,
    token_id   {text} NOT NULL REFERENCES token (id),
    expires_at {integer} NOT NULL
) {strict};
CREATE INDEX sign_in_link_by_end ON sign_in_link (expires_at);

CREATE TABLE personal_read (
    lead_id {text} NOT NULL,
    read_at {integer} NOT NULL,
    -- Name of the token, as it was then.
    read_by {text} NOT NULL,
    PRIMARY KEY (lead_id, read_at, read_by)
) {strict};
";
