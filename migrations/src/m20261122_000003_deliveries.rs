//! Offers on their way, and each HTTP exchange of them.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_000003_deliveries"
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
CREATE TABLE delivery (
    id           {text} PRIMARY KEY,
    lead_id      {text} NOT NULL REFERENCES lead (id),
    decision_id  {text} NOT NULL REFERENCES decision (id),
    n            {integer} NOT NULL,
    destination  {text} NOT NULL,
    click_id     {text} NOT NULL UNIQUE,
    state        {text} NOT NULL,
    reserved_seq {integer} NOT NULL UNIQUE,
    -- Null, both: no answer yet.
    settled_seq  {integer} UNIQUE,
    settled_at   {integer},
    -- Null: not accepted, or the destination pays on conversion.
    price        {integer},
    -- Null: the destination named no page for the person to go to.
    redirect_url {text},
    -- Null: accepted, or no answer yet.
    reason       {text},
    created_at   {integer} NOT NULL,
    deadline_at  {integer} NOT NULL,
    -- One lead is offered to a destination at most once.
    UNIQUE (lead_id, destination)
) {strict};
-- All that a dashboard counts and sums.
CREATE INDEX delivery_by_time ON delivery (created_at, destination, state, price);
CREATE INDEX delivery_unfinished ON delivery (reserved_seq) WHERE state IN ('pending', 'sending');

CREATE TABLE attempt (
    delivery_id      {text} NOT NULL REFERENCES delivery (id),
    n                {integer} NOT NULL,
    started_at       {integer} NOT NULL,
    -- Null, all below: the exchange runs, or the process died during it and nobody knows.
    finished_at      {integer},
    outcome          {text},
    -- Null also where no status line came back.
    status           {integer},
    latency_ms       {integer},
    request_excerpt  {text},
    response_excerpt {text},
    PRIMARY KEY (delivery_id, n)
) {strict};
";
