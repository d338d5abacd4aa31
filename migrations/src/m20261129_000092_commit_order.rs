//! The order of all transactions in one row, and the leases of the processes that serve.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261129_000092_commit_order"
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
-- One row, which every transaction locks that gives out numbers: whoever holds it is the next in commit order.
CREATE TABLE commit_order (
    id       {integer} PRIMARY KEY,
    -- The last number in commit order that was given out.
    number   {integer} NOT NULL,
    -- The number of the last transaction that changed what leads are routed by, or who may send them.
    revision {integer} NOT NULL,
    -- Version of the rows of the commit log.
    format   {integer} NOT NULL,
    -- Filled and emptied again within a transaction that tries whether there is room. Null: empty.
    ballast  {text}
) {strict};
INSERT INTO commit_order (id, number, revision, format)
    SELECT 1, COALESCE(MAX(number), 0), 0, 1
    FROM (
        SELECT MAX(seq) AS number FROM lead
        UNION ALL SELECT MAX(started_seq) FROM decision
        UNION ALL SELECT MAX(ended_seq) FROM decision
        UNION ALL SELECT MAX(seq) FROM decision_step
        UNION ALL SELECT MAX(reserved_seq) FROM delivery
        UNION ALL SELECT MAX(settled_seq) FROM delivery
        UNION ALL SELECT MAX(seq) FROM conversion
        UNION ALL SELECT MAX(number) FROM commit_log
    ) AS known;
DROP TABLE last_commit;

-- Which transaction it was, by a name that its process made up: where the answer to a commit was lost, the process
-- looks for it. Null: from before this column.
ALTER TABLE commit_log ADD COLUMN batch {text};

-- What processes hold while they serve. Leads under way belong to a lease; when it has run out, another process takes
-- over what is under way.
CREATE TABLE lease (
    -- 1 for the first, and one more for each.
    number     {integer} PRIMARY KEY,
    -- The process as people know it.
    node       {text} NOT NULL,
    -- Version of its program.
    program    {text} NOT NULL,
    began_at   {integer} NOT NULL,
    -- Times of leases are by the clock of the database.
    renewed_at {integer} NOT NULL,
    expires_at {integer} NOT NULL,
    -- The lease that took over what was under way. Null: it is still this one's.
    taken_by   {integer}
) {strict};
-- What was under way before there were leases.
INSERT INTO lease (number, node, program, began_at, renewed_at, expires_at)
    VALUES (0, 'before', '', 0, 0, 0);

-- Work that one process at a time does for all.
CREATE TABLE duty (
    name  {text} PRIMARY KEY,
    -- The lease of that process.
    lease {integer} NOT NULL
) {strict};
INSERT INTO duty (name, lease) VALUES ('learner', 0), ('jobs', 0);

-- The lease under which a lead was taken.
ALTER TABLE decision ADD COLUMN lease {integer} NOT NULL DEFAULT 0;
";
