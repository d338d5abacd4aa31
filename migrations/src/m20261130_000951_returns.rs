//! Leads that their buyers give back.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261130_000951_returns"
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
-- Accepted leads that it adds to caps in the window of its offer: -1 for a return that gives a unit back.
ALTER TABLE conversion ADD COLUMN accepted {integer} NOT NULL DEFAULT 0;
-- The money of a return is in conversions: one when it is accepted, one when that is reversed.
CREATE TABLE lead_return (
    id            {text} PRIMARY KEY,
    seq           {integer} NOT NULL UNIQUE,
    delivery_id   {text} NOT NULL REFERENCES delivery (id),
    lead_id       {text} NOT NULL REFERENCES lead (id),
    destination   {text} NOT NULL,
    -- What makes the same request the same, however often it comes.
    natural_key   {text} NOT NULL UNIQUE,
    -- `return` or `chargeback`.
    kind          {text} NOT NULL,
    -- `requested`, `accepted`, `denied` or `reversed`.
    state         {text} NOT NULL,
    -- Null: none was given, or its person is forgotten.
    reason        {text},
    -- `token`, `postback` or `operator`.
    origin        {text} NOT NULL,
    requested_by  {text} NOT NULL,
    requested_at  {integer} NOT NULL,
    -- Null, all: not decided, or not reversed. `decided_by` is `terms` where nobody had to decide.
    decided_by    {text},
    decided_at    {integer},
    note          {text},
    reversed_by   {text},
    reversed_at   {integer},
    -- What it has taken back, micro-units; negative, or zero where it takes nothing.
    revenue       {integer} NOT NULL,
    currency      {text} NOT NULL
) {strict};
CREATE INDEX lead_return_by_delivery ON lead_return (delivery_id);
-- A lead is given back once at a time.
CREATE UNIQUE INDEX lead_return_open ON lead_return (delivery_id) WHERE state IN ('requested', 'accepted');
CREATE INDEX lead_return_by_time ON lead_return (requested_at, id);
CREATE INDEX lead_return_by_destination ON lead_return (destination, requested_at, id);
CREATE INDEX lead_return_by_state ON lead_return (state, requested_at, id);
";
