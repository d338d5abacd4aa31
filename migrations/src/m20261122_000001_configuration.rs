//! What an operator writes: schemas, destinations, flows, stages, tokens.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261122_000001_configuration"
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
-- The fields of a vertical's leads, as they are now. Older ones live on in catalogs.
CREATE TABLE lead_schema (
    vertical   {text} PRIMARY KEY,
    hash       {text} NOT NULL,
    body       {text} NOT NULL,
    created_at {integer} NOT NULL,
    updated_at {integer} NOT NULL
) {strict};

-- A destination as it is now. `target_body` is where to send and may hold secrets; `settings_body`
-- is what decisions read: price, criteria, caps, schedule.
CREATE TABLE destination (
    name          {text} PRIMARY KEY,
    target_body   {text} NOT NULL,
    settings_body {text} NOT NULL,
    revision      {integer} NOT NULL,
    created_at    {integer} NOT NULL,
    updated_at    {integer} NOT NULL
) {strict};

-- Everything decisions read beside the flow, frozen under its hash.
CREATE TABLE catalog (
    hash       {text} PRIMARY KEY,
    body       {text} NOT NULL,
    created_at {integer} NOT NULL
) {strict};

CREATE TABLE flow (
    name           {text} PRIMARY KEY,
    vertical       {text} NOT NULL,
    -- Null: nobody is editing; the flow is what its versions say.
    draft_body     {text},
    draft_revision {integer} NOT NULL,
    created_at     {integer} NOT NULL,
    updated_at     {integer} NOT NULL
) {strict};

CREATE TABLE flow_version (
    hash       {text} PRIMARY KEY,
    flow       {text} NOT NULL REFERENCES flow (name),
    number     {integer} NOT NULL,
    body       {text} NOT NULL,
    message    {text} NOT NULL,
    author     {text} NOT NULL,
    created_at {integer} NOT NULL,
    UNIQUE (flow, number)
) {strict};

-- Which version a name such as `live` points to.
CREATE TABLE stage (
    flow         {text} NOT NULL REFERENCES flow (name),
    name         {text} NOT NULL,
    version_hash {text} NOT NULL REFERENCES flow_version (hash),
    revision     {integer} NOT NULL,
    moved_at     {integer} NOT NULL,
    moved_by     {text} NOT NULL,
    PRIMARY KEY (flow, name)
) {strict};

CREATE TABLE stage_move (
    seq       {integer} PRIMARY KEY,
    flow      {text} NOT NULL,
    stage     {text} NOT NULL,
    -- Null: the first move, before which the stage pointed nowhere.
    from_hash {text},
    to_hash   {text} NOT NULL,
    moved_at  {integer} NOT NULL,
    moved_by  {text} NOT NULL
) {strict};
CREATE INDEX stage_move_by_flow ON stage_move (flow, stage, seq);

CREATE TABLE token (
    id          {text} PRIMARY KEY,
    name        {text} NOT NULL,
    role        {text} NOT NULL,
    -- Null: the token does not speak for one source.
    source      {text},
    -- Null: only the token of a postback URL belongs to a destination.
    destination {text},
    secret_hash {text} NOT NULL UNIQUE,
    created_at  {integer} NOT NULL,
    -- Null: still valid.
    revoked_at  {integer}
) {strict};
";
