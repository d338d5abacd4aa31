//! What the trackers of sources are told of their leads.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261201_000101_source_postbacks"
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
-- The postbacks of a source for what happens under this number in commit order or a larger one, until the next row. Null: none.
CREATE TABLE postback_settings (
    source         {text} NOT NULL,
    number         {integer} NOT NULL,
    -- JSON, as the document of the source has them.
    postbacks_body {text},
    PRIMARY KEY (source, number)
) {strict};

-- What a tracker is told: a fold over the commit order, and what came of sending it.
CREATE TABLE source_postback (
    id             {text} PRIMARY KEY,
    lead_id        {text} NOT NULL,
    source         {text} NOT NULL,
    event          {text} NOT NULL,
    -- The number of what it tells of.
    number         {integer} NOT NULL,
    -- Which of the postbacks of the source, from 0.
    position       {integer} NOT NULL,
    -- When that was stored, microseconds.
    at             {integer} NOT NULL,
    -- JSON: the postback as the source had it then, and what its macros stand for.
    content_body   {text} NOT NULL,
    state          {text} NOT NULL CHECK (state IN ('waiting', 'delivered', 'dead')),
    -- When it is sent, microseconds; null if it is not.
    due_at         {integer},
    n_attempts     {integer} NOT NULL,
    -- The number of attempts before it was last sent again by somebody.
    n_before       {integer} NOT NULL,
    -- Of the last attempt: when it ended, the HTTP status, what was in the way, and what came back, cut.
    attempted_at   {integer},
    status         {integer},
    error          {text},
    answer_excerpt {text},
    UNIQUE (lead_id, event, number, position)
) {strict};
CREATE INDEX source_postback_by_time ON source_postback (at, id);
CREATE INDEX source_postback_by_source ON source_postback (source, at, id);
CREATE INDEX source_postback_due ON source_postback (source, due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX source_postback_dead ON source_postback (at, id) WHERE state = 'dead';

-- One row.
CREATE TABLE source_postback_progress (
    id         {integer} PRIMARY KEY CHECK (id = 1),
    -- The number in commit order up to which they are stored.
    folded_seq {integer} NOT NULL
) {strict};
INSERT INTO source_postback_progress (id, folded_seq) VALUES (1, 0);

INSERT INTO duty (name, lease) VALUES ('source_postbacks', 0), ('source_postback_sending', 0);
";
