//! Versions on their way from no lead to all of them, and each step of that way.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261130_000402_rollouts"
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
CREATE TABLE rollout (
    -- That of its experiment, too.
    name           {text} PRIMARY KEY REFERENCES experiment (name),
    flow           {text} NOT NULL,
    -- One more with each change, from 1.
    revision       {integer} NOT NULL,
    state          {text} NOT NULL,
    plan_body      {text} NOT NULL,
    candidate_hash {text} NOT NULL REFERENCES flow_version (hash),
    -- Position of the step at which it is, from 0.
    step           {integer} NOT NULL,
    -- When that step began, and how many leads the candidate had by then.
    step_since_at  {integer} NOT NULL,
    step_leads     {integer} NOT NULL,
    created_at     {integer} NOT NULL,
    created_by     {text} NOT NULL,
    -- Null: it goes on.
    ended_at       {integer}
) {strict};
CREATE INDEX rollout_by_flow ON rollout (flow, created_at, name);
CREATE INDEX rollout_by_time ON rollout (created_at, name);
-- A flow rolls out one version at a time.
CREATE UNIQUE INDEX rollout_open ON rollout (flow) WHERE ended_at IS NULL;

CREATE TABLE rollout_change (
    rollout       {text} NOT NULL REFERENCES rollout (name),
    -- Its place in commit order.
    seq           {integer} NOT NULL,
    at            {integer} NOT NULL,
    by_whom       {text} NOT NULL,
    -- The state and the step before and after; null, both: it was started.
    before_state  {text},
    before_step   {integer},
    after_state   {text} NOT NULL,
    after_step    {integer} NOT NULL,
    reason        {text} NOT NULL,
    -- What it was changed by, JSON. Null: nobody looked.
    evidence_body {text},
    PRIMARY KEY (rollout, seq)
) {strict};

INSERT INTO duty (name, lease) VALUES ('rollouts', 0);
";
