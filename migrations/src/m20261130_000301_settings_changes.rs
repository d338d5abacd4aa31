//! Who changed which setting when, with what it said before and after.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261130_000301_settings_changes"
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
-- What settings said, each text once: what one change leaves is what the next one finds.
CREATE TABLE settings_text (
    -- Content hash of the body.
    hash {text} PRIMARY KEY,
    -- JSON without secrets.
    body {text} NOT NULL
) {strict};

CREATE TABLE settings_change (
    -- The number of its transaction in commit order.
    seq         {integer} PRIMARY KEY,
    at          {integer} NOT NULL,
    by_whom     {text} NOT NULL,
    -- Null: nobody needed a token.
    by_token    {text},
    kind        {text} NOT NULL,
    object      {text} NOT NULL,
    -- Null: the person gave no reason.
    note        {text},
    -- Null: it was not there before, or is not there any more.
    before_hash {text} REFERENCES settings_text (hash),
    after_hash  {text} REFERENCES settings_text (hash)
) {strict};
CREATE INDEX settings_change_by_object ON settings_change (object, seq);
CREATE INDEX settings_change_by_whom ON settings_change (by_whom, seq);
CREATE INDEX settings_change_by_kind ON settings_change (kind, seq);
";
