//! Experiments, the leads that take part in each, and the arm of each unit.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261129_000101_experiments"
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
CREATE TABLE experiment (
    name           {text} PRIMARY KEY,
    flow           {text} NOT NULL,
    -- One more with each change, from 1.
    revision       {integer} NOT NULL,
    state          {text} NOT NULL,
    plan_body      {text} NOT NULL,
    -- The version that takes the place of the live one for a share of leads. Null: arms of a node are compared.
    candidate_hash {text} REFERENCES flow_version (hash),
    -- The share of leads that the candidate takes, in parts per million.
    share_ppm      {integer} NOT NULL,
    created_at     {integer} NOT NULL,
    created_by     {text} NOT NULL,
    -- Null, both: not started. The number is that of the start in commit order.
    started_at     {integer},
    started_seq    {integer},
    -- Null, both: not concluded. What was decided, by whom, and the readout that it was decided by.
    concluded_at   {integer},
    conclusion_body {text},
    -- The number in commit order up to which its leads are known.
    folded_seq     {integer} NOT NULL
) {strict};
CREATE INDEX experiment_by_flow ON experiment (flow, created_at, name);
CREATE INDEX experiment_by_time ON experiment (created_at, name);
-- A flow tries out one version at a time.
CREATE UNIQUE INDEX experiment_candidate ON experiment (flow)
    WHERE candidate_hash IS NOT NULL AND state IN ('running', 'paused');

-- What was changed of an experiment after it was made, and when.
CREATE TABLE experiment_change (
    experiment {text} NOT NULL REFERENCES experiment (name),
    -- Its place in commit order.
    seq        {integer} NOT NULL,
    at         {integer} NOT NULL,
    by_whom    {text} NOT NULL,
    state      {text} NOT NULL,
    share_ppm  {integer} NOT NULL,
    -- Null: the person gave no reason.
    note       {text},
    PRIMARY KEY (experiment, seq)
) {strict};

-- The first arm of each unit, of draws in which all arms could be drawn that are compared.
CREATE TABLE assignment (
    experiment   {text} NOT NULL REFERENCES experiment (name),
    unit         {text} NOT NULL,
    arm          {text} NOT NULL,
    -- The weights of the arms that it could draw, JSON.
    weights_body {text} NOT NULL,
    -- The draw in commit order.
    seq          {integer} NOT NULL,
    PRIMARY KEY (experiment, unit)
) {strict};

CREATE TABLE experiment_lead (
    experiment    {text} NOT NULL REFERENCES experiment (name),
    lead_id       {text} NOT NULL REFERENCES lead (id),
    unit          {text} NOT NULL,
    -- The arm that its unit was given first.
    arm           {text} NOT NULL,
    -- Whether it drew another one.
    is_crossed    {boolean} NOT NULL,
    -- The weights of the arms that its unit could draw first, JSON.
    weights_body  {text} NOT NULL,
    -- Whether all arms could be drawn that are compared.
    is_comparable {boolean} NOT NULL,
    version_hash  {text} NOT NULL,
    -- The draw in commit order.
    seq           {integer} NOT NULL,
    drawn_at      {integer} NOT NULL,
    -- Whether the walk goes on, or an answer is unknown.
    is_open       {boolean} NOT NULL,
    -- What came of it within the experiment's window: 0 or 1, number of sales, 0 or 1, micro-units.
    accepted      {integer} NOT NULL,
    converted     {integer} NOT NULL,
    returned      {integer} NOT NULL,
    revenue       {integer} NOT NULL,
    PRIMARY KEY (experiment, lead_id)
) {strict};
CREATE INDEX experiment_lead_by_time ON experiment_lead (experiment, drawn_at);

INSERT INTO duty (name, lease) VALUES ('experiments', 0);
";
