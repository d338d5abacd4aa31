//! Leads, and what was decided about each.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_000002_leads"
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
CREATE TABLE lead (
    id              {text} PRIMARY KEY,
    seq             {integer} NOT NULL UNIQUE,
    vertical        {text} NOT NULL,
    flow            {text} NOT NULL,
    source          {text} NOT NULL,
    -- Null: the source named no key, so each request is a lead of its own.
    idempotency_key {text},
    fingerprint     {text} NOT NULL,
    fields_body     {text} NOT NULL,
    unit_key        {text} NOT NULL,
    is_test         {boolean} NOT NULL,
    mode            {text} NOT NULL,
    status          {text} NOT NULL,
    -- Null: not answered yet. Kept so that a repeated request gets the same answer.
    response_body   {text},
    revenue         {integer} NOT NULL,
    received_at     {integer} NOT NULL,
    -- Null: the walk still goes on, or an answer is awaited.
    settled_at      {integer},
    -- Nulls are distinct on both databases.
    UNIQUE (source, idempotency_key)
) {strict};
CREATE INDEX lead_by_time ON lead (received_at, id);
CREATE INDEX lead_by_flow ON lead (flow, received_at, id);
CREATE INDEX lead_by_source ON lead (source, received_at, id);
-- Flow and revenue are inside so that a dashboard counts and sums without touching the leads.
CREATE INDEX lead_by_status ON lead (status, received_at, id, flow, revenue);

CREATE TABLE decision (
    id           {text} PRIMARY KEY,
    lead_id      {text} NOT NULL UNIQUE REFERENCES lead (id),
    flow         {text} NOT NULL,
    version_hash {text} NOT NULL REFERENCES flow_version (hash),
    catalog_hash {text} NOT NULL REFERENCES catalog (hash),
    semantics    {integer} NOT NULL,
    epoch        {integer} NOT NULL,
    unit_key     {text} NOT NULL,
    started_seq  {integer} NOT NULL UNIQUE,
    -- Null, all three: the walk has not ended. The reason is null too where the end needs none.
    end_state    {text},
    end_reason   {text},
    ended_seq    {integer}
) {strict};
-- Finds the last end, and among the nulls the few walks that a restart has to go on with.
CREATE INDEX decision_by_end ON decision (ended_seq, started_seq);

CREATE TABLE decision_step (
    decision_id  {text} NOT NULL REFERENCES decision (id),
    n            {integer} NOT NULL,
    seq          {integer} NOT NULL UNIQUE,
    at           {integer} NOT NULL,
    availability {text} NOT NULL,
    trace_body   {text} NOT NULL,
    kind         {text} NOT NULL,
    -- Null: the step that ends a walk offers nothing.
    destination  {text},
    propensity   {real} NOT NULL,
    outlook_body {text} NOT NULL,
    PRIMARY KEY (decision_id, n)
) {strict};
";
