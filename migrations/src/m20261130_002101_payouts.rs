//! What sources are paid for their leads.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261130_002101_payouts"
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
-- On which terms a source is paid for leads that are stored under this number in commit order or a larger one, until the next
-- terms. Null: it is paid nothing.
CREATE TABLE payout_terms (
    source     {text} NOT NULL,
    number     {integer} NOT NULL,
    terms_body {text},
    PRIMARY KEY (source, number)
) {strict};

-- What a source is paid for a lead, or what is taken back of that: a fold over the commit order.
CREATE TABLE payout (
    lead_id  {text} NOT NULL,
    -- The number of what it is paid for.
    number   {integer} NOT NULL,
    kind     {text} NOT NULL CHECK (kind IN ('lead', 'sold', 'sale', 'share')),
    source   {text} NOT NULL,
    -- When that was stored, microseconds.
    at       {integer} NOT NULL,
    -- Micro-units; negative for what is taken back.
    amount   {integer} NOT NULL,
    currency {text} NOT NULL,
    PRIMARY KEY (lead_id, number, kind)
) {strict};
CREATE INDEX payout_by_time ON payout (at);

-- One row.
CREATE TABLE payout_progress (
    id         {integer} PRIMARY KEY CHECK (id = 1),
    -- The number in commit order up to which payouts are stored.
    folded_seq {integer} NOT NULL
) {strict};
INSERT INTO payout_progress (id, folded_seq) VALUES (1, 0);

INSERT INTO duty (name, lease) VALUES ('payouts', 0);

ALTER TABLE rollup ADD COLUMN payout_units {integer} NOT NULL DEFAULT 0;
ALTER TABLE rollup ADD COLUMN payout_micros {integer} NOT NULL DEFAULT 0;
";
