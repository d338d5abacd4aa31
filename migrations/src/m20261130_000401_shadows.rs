//! Versions that decide what the live one decides, without sending anything, and what they came to.

use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager, async_trait};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261130_000401_shadows"
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
CREATE TABLE shadow (
    -- The number in commit order of its start: leads with a larger one are decided by it, too.
    since_seq    {integer} PRIMARY KEY,
    flow         {text} NOT NULL,
    version_hash {text} NOT NULL REFERENCES flow_version (hash),
    -- The share of leads that it decides, in parts per million.
    share_ppm    {integer} NOT NULL,
    since_at     {integer} NOT NULL,
    since_by     {text} NOT NULL,
    -- Null: the person gave no reason.
    since_note   {text},
    -- Null, all four, while it goes on; the last one also where nobody gave a reason.
    until_seq    {integer},
    until_at     {integer},
    until_by     {text},
    until_note   {text},
    -- The number in commit order up to which its leads are known.
    folded_seq   {integer} NOT NULL,
    -- Leads that it decided; those that it sends elsewhere first; those of which it cannot be known.
    leads        {integer} NOT NULL,
    elsewhere    {integer} NOT NULL,
    undecided    {integer} NOT NULL
) {strict};
CREATE INDEX shadow_by_flow ON shadow (flow, since_seq);
-- A flow has one at a time.
CREATE UNIQUE INDEX shadow_open ON shadow (flow) WHERE until_seq IS NULL;

-- What its version was compiled with: leads with a larger number are decided by it, up to the next one.
CREATE TABLE shadow_catalog (
    shadow       {integer} NOT NULL REFERENCES shadow (since_seq),
    from_seq     {integer} NOT NULL,
    catalog_hash {text} NOT NULL REFERENCES catalog (hash),
    PRIMARY KEY (shadow, from_seq)
) {strict};

-- What leads add up to, by who got them first and who would have got them first. Of many pairs the rest are one row.
CREATE TABLE shadow_cell (
    shadow       {integer} NOT NULL REFERENCES shadow (since_seq),
    live         {text} NOT NULL,
    candidate    {text} NOT NULL,
    leads        {integer} NOT NULL,
    -- Those of them for whose destination nothing is known of caps and breakers.
    assumed      {integer} NOT NULL,
    -- The probabilities that the version gives to this, over all leads, in parts per million.
    expected_ppm {integer} NOT NULL,
    -- Of those leads, by the live version: how many somebody took, and what they brought in micro-units.
    accepted     {integer} NOT NULL,
    revenue      {integer} NOT NULL,
    PRIMARY KEY (shadow, live, candidate)
) {strict};

-- The latest leads that the version sends elsewhere.
CREATE TABLE shadow_lead (
    shadow      {integer} NOT NULL REFERENCES shadow (since_seq),
    -- The end of its walk in commit order.
    seq         {integer} NOT NULL,
    lead_id     {text} NOT NULL,
    live        {text} NOT NULL,
    candidate   {text} NOT NULL,
    -- How likely the version is to do so.
    probability {real} NOT NULL,
    is_assumed  {boolean} NOT NULL,
    PRIMARY KEY (shadow, seq)
) {strict};

INSERT INTO duty (name, lease) VALUES ('shadows', 0);
";
