//! What leads add up to by the hour in which they came, and how far it was added up.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261130_000302_rollups"
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
-- A part is empty where leads are not told apart by it, a text behind = where they are, and * for all values beyond
-- those that have rows of their own.
CREATE TABLE rollup (
    -- The start of the hour of UTC in which the leads came.
    hour             {integer} NOT NULL,
    flow             {text} NOT NULL,
    version          {text} NOT NULL,
    source           {text} NOT NULL,
    destination      {text} NOT NULL,
    node             {text} NOT NULL,
    arm              {text} NOT NULL,
    segment          {text} NOT NULL,
    status           {text} NOT NULL,
    currency         {text} NOT NULL,
    leads            {integer} NOT NULL,
    sold             {integer} NOT NULL,
    converted        {integer} NOT NULL,
    returned         {integer} NOT NULL,
    offers           {integer} NOT NULL,
    accepted         {integer} NOT NULL,
    rejected         {integer} NOT NULL,
    not_sent         {integer} NOT NULL,
    unknown          {integer} NOT NULL,
    pending_reports  {integer} NOT NULL,
    sale_reports     {integer} NOT NULL,
    rebill_reports   {integer} NOT NULL,
    cancel_reports   {integer} NOT NULL,
    sales            {integer} NOT NULL,
    -- Whole units of the currency, rounded down, and the micro-units beyond: sums of either stay small.
    revenue_units    {integer} NOT NULL,
    revenue_micros   {integer} NOT NULL,
    taken_units      {integer} NOT NULL,
    taken_micros     {integer} NOT NULL,
    -- Answers by the time that they took; the bounds are those of `pointsman-history`.
    latency_00       {integer} NOT NULL,
    latency_01       {integer} NOT NULL,
    latency_02       {integer} NOT NULL,
    latency_03       {integer} NOT NULL,
    latency_04       {integer} NOT NULL,
    latency_05       {integer} NOT NULL,
    latency_06       {integer} NOT NULL,
    latency_07       {integer} NOT NULL,
    latency_08       {integer} NOT NULL,
    latency_09       {integer} NOT NULL,
    latency_10       {integer} NOT NULL,
    latency_11       {integer} NOT NULL,
    latency_12       {integer} NOT NULL,
    latency_13       {integer} NOT NULL,
    latency_14       {integer} NOT NULL,
    latency_15       {integer} NOT NULL,
    latency_16       {integer} NOT NULL,
    latency_17       {integer} NOT NULL,
    latency_18       {integer} NOT NULL,
    latency_19       {integer} NOT NULL,
    latency_20       {integer} NOT NULL,
    latency_21       {integer} NOT NULL,
    latency_22       {integer} NOT NULL,
    latency_23       {integer} NOT NULL,
    latency_24       {integer} NOT NULL,
    PRIMARY KEY (hour, flow, version, source, destination, node, arm, segment, status, currency)
) {strict};

-- One row.
CREATE TABLE rollup_progress (
    id         {integer} PRIMARY KEY CHECK (id = 1),
    -- Which release's way of adding up.
    format     {integer} NOT NULL,
    -- The number in commit order up to which everything is added up.
    folded_seq {integer} NOT NULL
) {strict};
INSERT INTO rollup_progress (id, format, folded_seq) VALUES (1, 1, 0);

INSERT INTO duty (name, lease) VALUES ('rollups', 0);
";
