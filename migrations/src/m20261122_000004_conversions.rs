//! Events worth money, and postbacks that came before their lead.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_000004_conversions"
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
CREATE TABLE conversion (
    id              {text} PRIMARY KEY,
    seq             {integer} NOT NULL UNIQUE,
    delivery_id     {text} NOT NULL REFERENCES delivery (id),
    -- What makes the same event the same, however often it is reported.
    natural_key     {text} NOT NULL UNIQUE,
    click_id        {text} NOT NULL,
    -- Null: the destination sent no transaction id of its own.
    txid            {text},
    status          {text} NOT NULL,
    original_status {text} NOT NULL,
    revenue         {integer} NOT NULL,
    currency        {text} NOT NULL,
    occurred_at     {integer} NOT NULL,
    received_at     {integer} NOT NULL,
    raw_body        {text} NOT NULL
) {strict};
CREATE INDEX conversion_by_delivery ON conversion (delivery_id, seq);
CREATE INDEX conversion_by_time ON conversion (received_at, id);

-- Rows leave when their click becomes known, or when they are too old to wait for.
CREATE TABLE parked_postback (
    id          {text} PRIMARY KEY,
    click_id    {text} NOT NULL,
    natural_key {text} NOT NULL UNIQUE,
    raw_body    {text} NOT NULL,
    received_at {integer} NOT NULL
) {strict};
CREATE INDEX parked_postback_by_click ON parked_postback (click_id, received_at, id);
CREATE INDEX parked_postback_by_time ON parked_postback (received_at);
";
