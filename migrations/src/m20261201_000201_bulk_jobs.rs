//! What is done to many deliveries or postbacks, one after the other.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261201_000201_bulk_jobs"
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
-- One operation on many deliveries or postbacks.
CREATE TABLE bulk_job (
    id            {text} PRIMARY KEY,
    -- `listing`, `running`, `done` or `cancelled`.
    state         {text} NOT NULL,
    -- JSON: the operation with its filter.
    action_body   {text} NOT NULL,
    by_whom       {text} NOT NULL,
    -- Null where no token was needed.
    by_token      {text},
    -- Items a second.
    rate          {integer} NOT NULL,
    items_max     {integer} NOT NULL,
    created_at    {integer} NOT NULL,
    updated_at    {integer} NOT NULL,
    -- Null: it goes on.
    finished_at   {integer},
    -- The last item that was listed, in the order of its list; null before the first.
    listed_at     {integer},
    listed_id     {text},
    n_items       {integer} NOT NULL,
    n_succeeded   {integer} NOT NULL,
    n_skipped     {integer} NOT NULL,
    n_failed      {integer} NOT NULL,
    -- JSON: what items came to, by reason, with a few of them.
    outcomes_body {text} NOT NULL,
    -- Whether there is anything left to do, be it to remove the items of a cancelled job.
    is_open       {boolean} NOT NULL
) {strict};
CREATE INDEX bulk_job_by_time ON bulk_job (created_at, id);
CREATE INDEX bulk_job_open ON bulk_job (created_at, id) WHERE is_open;
-- An item that is still to be done: its row goes in the transaction that stores what came of it.
CREATE TABLE bulk_item (
    job_id        {text} NOT NULL REFERENCES bulk_job (id),
    n             {integer} NOT NULL,
    -- Id of a delivery, of a parked postback, or of a postback to a source.
    item_id       {text} NOT NULL,
    PRIMARY KEY (job_id, n)
) {strict};
-- What waits to be released, among all that was ever offered.
CREATE INDEX delivery_held ON delivery (created_at, id) WHERE state = 'held';
";
