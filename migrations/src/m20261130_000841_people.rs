//! Persons who are to be forgotten, and whom nobody wants to hear of again.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261130_000841_people"
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
-- The key of the hashes of persons, hex. Secret, and null until the first of them is made.
ALTER TABLE installation ADD COLUMN person_key {text};
-- A person who is to be forgotten, or what is too old to be kept. Nothing in it tells who the person was.
CREATE TABLE erasure (
    id            {text} PRIMARY KEY,
    -- `person` or `retention`.
    kind          {text} NOT NULL,
    -- `running` or `done`.
    state         {text} NOT NULL,
    by_whom       {text} NOT NULL,
    requested_at  {integer} NOT NULL,
    -- JSON: keyed hashes of the values by which the person is found, or the vertical.
    matches_body  {text} NOT NULL,
    -- JSON: names of the fields that were asked by.
    fields_body   {text} NOT NULL,
    -- Leads up to this number in commit order may be of the person: later ones were refused.
    until_seq     {integer} NOT NULL,
    -- How far they have been looked through.
    scanned_seq   {integer} NOT NULL,
    -- JSON: rows by table.
    counts_body   {text} NOT NULL,
    n_leads       {integer} NOT NULL,
    -- Null: not done.
    finished_at   {integer}
) {strict};
CREATE INDEX erasure_by_time ON erasure (requested_at, id);
CREATE INDEX erasure_running ON erasure (scanned_seq) WHERE state = 'running';
-- A lead whose personal values were removed.
CREATE TABLE lead_erasure (
    lead_id    {text} PRIMARY KEY REFERENCES lead (id),
    erasure_id {text} NOT NULL REFERENCES erasure (id),
    erased_at  {integer} NOT NULL,
    -- JSON: what its decision can be made again by.
    body       {text} NOT NULL
) {strict};
-- Keyed hashes of persons whose leads are not taken.
CREATE TABLE suppression (
    hash       {text} PRIMARY KEY,
    -- `erasure`, or the name of the list that was uploaded.
    origin     {text} NOT NULL,
    added_at   {integer} NOT NULL
) {strict};
CREATE INDEX suppression_by_origin ON suppression (origin, hash);
-- How many days personal values of the leads of a vertical are kept.
CREATE TABLE retention (
    vertical   {text} PRIMARY KEY,
    days       {integer} NOT NULL,
    -- Those of leads that came before this are gone, microseconds.
    kept_from  {integer} NOT NULL,
    updated_at {integer} NOT NULL
) {strict};
INSERT INTO duty (name, lease) VALUES ('erasures', 0), ('alerts', 0);
";
