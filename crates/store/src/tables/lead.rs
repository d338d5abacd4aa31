//! Leads, as they came in and as they ended.

use std::fmt;

use sea_orm::{
    FromQueryResult, QueryFilter as _, QuerySelect as _, Select, Statement, entity::prelude::*,
    sea_query::Expr,
};

use crate::{
    Cursor, Error, Keyed, Page, Read, WriteTx,
    batch::{self, Change},
    page,
};

/// A lead. It holds a person's details, so `Debug` shows no more than what to search by.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "lead")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// Its place in commit order.
    pub seq: i64,
    /// What kind of lead it is.
    pub vertical: String,
    /// The flow that routes it.
    pub flow: String,
    /// Who sent it.
    pub source: String,
    /// The source's own key for it, unique within the source; absent if it named none.
    pub idempotency_key: Option<String>,
    /// Of what the source sent: the same key with another fingerprint is a mistake of the source.
    pub fingerprint: String,
    /// The fields, JSON.
    pub fields_body: String,
    /// What draws depend on.
    pub unit_key: String,
    /// Whether it is for trying out and nothing is paid.
    pub is_test: bool,
    /// How the source waits for the answer.
    pub mode: Mode,
    /// How far it has come.
    pub status: LeadStatus,
    /// What the source was answered, JSON; absent before.
    pub response_body: Option<String>,
    /// What destinations pay for it so far, micro-units.
    pub revenue: i64,
    /// When it came, microseconds.
    pub received_at: i64,
    /// When its walk ended, microseconds; absent before.
    pub settled_at: Option<i64>,
}

impl fmt::Debug for Model {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Lead")
            .field("id", &self.id)
            .field("seq", &self.seq)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Keyed for Model {
    fn cursor(&self) -> Cursor {
        Cursor {
            at: self.received_at,
            id: self.id.clone(),
        }
    }
}

/// How a source waits for its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum Mode {
    /// Until the walk has ended or the deadline has come.
    Sync,
    /// Until the lead is on disk.
    Async,
}

/// How far a lead has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum LeadStatus {
    /// On disk.
    Received,
    /// On its way to destinations.
    Queued,
    /// An answer is unknown, and the lead must not be sold twice.
    Held,
    /// A `reject` node said no.
    Declined,
    /// Nobody took it.
    Unsold,
    /// Somebody took it.
    Sold,
    /// Somebody took it and gave it back.
    Returned,
    /// The same person came before.
    Duplicate,
    /// The person must not be contacted.
    Suppressed,
}

/// What changes in a lead while it is routed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadUpdate {
    /// The lead.
    pub id: String,
    /// How far it has come.
    pub status: LeadStatus,
    /// What the source was answered, JSON.
    pub response_body: Option<String>,
    /// What destinations pay for it so far, micro-units: the sum, not what is added.
    pub revenue: i64,
    /// When its walk ended, microseconds.
    pub settled_at: Option<i64>,
}

/// Which leads to list or count; what is absent does not restrict.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LeadFilter {
    /// Of this flow.
    pub flow: Option<String>,
    /// Of this status.
    pub status: Option<LeadStatus>,
    /// Of this source.
    pub source: Option<String>,
    /// Received then or later, microseconds.
    pub from: Option<i64>,
    /// Received before, microseconds.
    pub until: Option<i64>,
}

impl LeadFilter {
    fn select(&self) -> Select<Entity> {
        let Self {
            flow,
            status,
            source,
            from,
            until,
        } = self;
        let conditions = [
            flow.as_ref().map(|flow| Column::Flow.eq(flow)),
            status.map(|status| Column::Status.eq(status)),
            source.as_ref().map(|source| Column::Source.eq(source)),
            from.map(|from| Column::ReceivedAt.gte(from)),
            until.map(|until| Column::ReceivedAt.lt(until)),
        ];
        conditions
            .into_iter()
            .flatten()
            .fold(Entity::find(), QueryFilter::filter)
    }
}

/// How many leads have a status, and what they brought.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct LeadCount {
    /// The status.
    pub status: LeadStatus,
    /// How many.
    pub leads: i64,
    /// Their revenue, micro-units.
    pub revenue: i64,
}

impl WriteTx {
    /// Inserts leads.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] if an id, a sequence number or an idempotency key of a source exists, also
    /// within the batch.
    pub async fn insert_leads(&self, leads: Vec<Model>) -> Result<(), Error> {
        batch::insert(&self.tx, leads).await
    }

    /// Changes leads, each once.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if one does not exist.
    pub async fn update_leads(&self, updates: Vec<LeadUpdate>) -> Result<(), Error> {
        const CHANGE: Change = Change {
            table: "lead",
            key: &["id"],
            set: &["status", "response_body", "revenue", "settled_at"],
        };
        let rows = updates.into_iter().map(|update| {
            let LeadUpdate {
                id,
                status,
                response_body,
                revenue,
                settled_at,
            } = update;
            vec![
                id.into(),
                status.into(),
                response_body.into(),
                revenue.into(),
                settled_at.into(),
            ]
        });
        CHANGE.apply(&self.tx, rows.collect()).await
    }
}

impl Read<'_> {
    /// A lead by its id.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn find_lead(&self, id: &str) -> Result<Option<Model>, Error> {
        Ok(Entity::find_by_id(id).one(&self.executor).await?)
    }

    /// Those of the leads that exist, in no order.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn leads_by_id(&self, ids: &[String]) -> Result<Vec<Model>, Error> {
        batch::find_in::<Entity>(&self.executor, Column::Id, ids).await
    }

    /// The lead that a source sent under a key of its own.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn find_lead_by_key(&self, source: &str, key: &str) -> Result<Option<Model>, Error> {
        Ok(Entity::find()
            .filter(Column::Source.eq(source))
            .filter(Column::IdempotencyKey.eq(key))
            .one(&self.executor)
            .await?)
    }

    /// Those of the leads that exist, in no order.
    ///
    /// * `keys`: pairs of a source and its own key, any number.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn find_leads_by_keys(&self, keys: &[(String, String)]) -> Result<Vec<Model>, Error> {
        const PAIRS: [usize; 4] = [256, 64, 16, 1];
        let mut found = Vec::new();
        for chunk in keys.chunks(PAIRS[0]) {
            let pairs: Vec<_> = batch::padded(chunk, PAIRS).collect();
            let places: Vec<String> = (0..pairs.len())
                .map(|n| format!("(${}, ${})", 2 * n + 1, 2 * n + 2))
                .collect();
            // DISTINCT, since the padding repeats a pair.
            let sql = format!(
                "SELECT lead.*
                 FROM (SELECT DISTINCT column1, column2 FROM (VALUES {}) AS pair) AS wanted
                 JOIN lead ON lead.source = wanted.column1 AND lead.idempotency_key = wanted.column2",
                places.join(", ")
            );
            let values = pairs
                .into_iter()
                .flat_map(|(source, key)| [source.into(), key.into()]);
            let statement = Statement::from_sql_and_values(self.backend(), sql, values);
            found.append(
                &mut Entity::find()
                    .from_raw_sql(statement)
                    .all(&self.executor)
                    .await?,
            );
        }
        Ok(found)
    }

    /// Leads, the newest first.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn leads(
        &self,
        filter: &LeadFilter,
        after: Option<&Cursor>,
        limit: u64,
    ) -> Result<Page<Model>, Error> {
        let key = (Column::ReceivedAt, Column::Id);
        page::newest_first(&self.executor, filter.select(), key, after, limit).await
    }

    /// The next leads in commit order.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn leads_in_order(&self, after_seq: i64, limit: u64) -> Result<Vec<Model>, Error> {
        page::in_order(
            &self.executor,
            Entity::find(),
            Column::Seq,
            after_seq,
            limit,
        )
        .await
    }

    /// Counts leads by status. Statuses without a lead are absent.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn lead_counts(&self, filter: &LeadFilter) -> Result<Vec<LeadCount>, Error> {
        let mut counts: Vec<LeadCount> = filter
            .select()
            .select_only()
            .column(Column::Status)
            .column_as(Expr::cust("COUNT(*)"), "leads")
            // A sum of integers is a decimal on PostgreSQL.
            .column_as(Expr::cust("CAST(SUM(revenue) AS BIGINT)"), "revenue")
            .group_by(Column::Status)
            .into_model()
            .all(&self.executor)
            .await?;
        counts.sort_by_key(|count| count.status);
        Ok(counts)
    }
}
