//! What each transaction of a delivery said, and what came of it; postbacks that were put aside, and why.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261128_000001_money"
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
-- Null: nothing was reported since the offer. Else the sums over its transactions.
ALTER TABLE delivery ADD COLUMN account_body {text};
-- Null: nothing about its answer was odd.
ALTER TABLE delivery ADD COLUMN finding {text};

-- Null: stored by a release that kept no more than the postback as it came; a start fills it in.
ALTER TABLE conversion ADD COLUMN event_body {text};
-- Sales that it added, or took back.
ALTER TABLE conversion ADD COLUMN sales {integer} NOT NULL DEFAULT 0;
CREATE INDEX conversion_by_transaction ON conversion (delivery_id, txid);

-- Null: its token speaks for all destinations.
ALTER TABLE parked_postback ADD COLUMN destination {text};
-- Null: parked by a release that did not say why.
ALTER TABLE parked_postback ADD COLUMN reason {text};
-- Null: nothing was wrong with it as such.
ALTER TABLE parked_postback ADD COLUMN problems_body {text};
ALTER TABLE parked_postback ADD COLUMN times {integer} NOT NULL DEFAULT 1;
CREATE INDEX parked_postback_by_page ON parked_postback (received_at, id);

-- Leads whose revenue or status was reckoned again, with what stood there before.
CREATE TABLE restatement (
    lead_id       {text} PRIMARY KEY REFERENCES lead (id),
    revenue_before {integer} NOT NULL,
    revenue_after  {integer} NOT NULL,
    status_before  {text} NOT NULL,
    status_after   {text} NOT NULL,
    restated_at    {integer} NOT NULL
) {strict};
CREATE INDEX restatement_by_time ON restatement (restated_at, lead_id);

-- How far that has come: one row a reckoning.
CREATE TABLE restatement_progress (
    name     {text} PRIMARY KEY,
    -- The last lead that was looked at, by its place in commit order.
    after_seq {integer} NOT NULL,
    -- Null: not done yet.
    done_at   {integer}
) {strict};
";
