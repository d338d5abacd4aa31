//! Finding, listing and counting leads.

use sea_orm::{
    FromQueryResult, Iterable as _, QueryFilter as _, QuerySelect as _, Select, Statement,
    entity::prelude::*,
    sea_query::{Condition, Expr, ExprTrait as _, Query},
};

use super::{Column, Entity, LeadStatus, Model};
use crate::tables::delivery;
use crate::{Cursor, Error, Page, Read, batch, page};

/// Which leads to list or count; what is absent does not restrict.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LeadFilter {
    /// Of this flow.
    pub flow: Option<String>,
    /// Of this status.
    pub status: Option<LeadStatus>,
    /// Of this source.
    pub source: Option<String>,
    /// Offered to this destination, whatever came of it.
    pub destination: Option<String>,
    /// With this key of its source.
    pub idempotency_key: Option<String>,
    /// Whether it is a test lead.
    pub is_test: Option<bool>,
    /// Received then or later, microseconds.
    pub from: Option<i64>,
    /// Received before, microseconds.
    pub until: Option<i64>,
}

impl LeadFilter {
    fn select(&self) -> Select<Entity> {
        Entity::find().filter(self.condition())
    }

    /// What a row of `lead` has to be like.
    pub(super) fn condition(&self) -> Condition {
        let Self {
            flow,
            status,
            source,
            destination,
            idempotency_key,
            is_test,
            from,
            until,
        } = self;
        // By the unique index of deliveries, lead by lead: a page looks at no more leads than it has to.
        let offered_to = |name: &String| {
            let own = Expr::col((delivery::Entity, delivery::Column::LeadId))
                .equals((Entity, Column::Id));
            let deliveries = Query::select()
                .expr(Expr::val(1))
                .from(delivery::Entity)
                .and_where(own)
                .and_where(delivery::Column::Destination.eq(name))
                .take();
            Expr::exists(deliveries)
        };
        let conditions = [
            flow.as_ref().map(|flow| Column::Flow.eq(flow)),
            status.map(|status| Column::Status.eq(status)),
            source.as_ref().map(|source| Column::Source.eq(source)),
            destination.as_ref().map(offered_to),
            idempotency_key
                .as_ref()
                .map(|key| Column::IdempotencyKey.eq(key)),
            is_test.map(|is_test| Column::IsTest.eq(is_test)),
            from.map(|from| Column::ReceivedAt.gte(from)),
            until.map(|until| Column::ReceivedAt.lt(until)),
        ];
        conditions
            .into_iter()
            .flatten()
            .fold(Condition::all(), Condition::add)
    }
}

/// How many leads have a status, and what they brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadCount {
    /// The status.
    pub status: LeadStatus,
    /// How many.
    pub leads: i64,
    /// Their revenue, micro-units.
    pub revenue: i128,
}

/// As the database counts.
#[derive(Debug, FromQueryResult)]
struct Counted {
    status: LeadStatus,
    leads: i64,
    units: i64,
    micros: i64,
}

impl Read<'_> {
    /// A lead by its id.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn find_lead(&self, id: &str) -> Result<Option<Model>, Error> {
        let found = Entity::find_by_id(id).one(&self.executor).await?;
        self.opened_one(found).await
    }

    /// Those of the leads that exist, in no order.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn leads_by_id(&self, ids: &[String]) -> Result<Vec<Model>, Error> {
        let found = batch::find_in::<Entity>(&self.executor, Column::Id, ids).await?;
        self.opened(found).await
    }

    /// The lead that a source sent under a key of its own.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn find_lead_by_key(&self, source: &str, key: &str) -> Result<Option<Model>, Error> {
        let found = Entity::find()
            .filter(Column::Source.eq(source))
            .filter(Column::IdempotencyKey.eq(key));
        self.opened_one(found.one(&self.executor).await?).await
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
        self.opened(found).await
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
        let page = page::newest_first(&self.executor, filter.select(), key, after, limit).await?;
        Ok(Page {
            items: self.opened(page.items).await?,
            next: page.next,
        })
    }

    /// The next leads in commit order.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn leads_in_order(&self, after_seq: i64, limit: u64) -> Result<Vec<Model>, Error> {
        let (all, key) = (Entity::find(), Column::Seq);
        let found = page::in_order(&self.executor, all, key, after_seq, limit).await?;
        self.opened(found).await
    }

    /// Whether more leads match than `n`. Those beyond are not looked at.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn has_more_leads_than(&self, filter: &LeadFilter, n: u64) -> Result<bool, Error> {
        let next: Option<String> = filter
            .select()
            .select_only()
            .column(Column::Id)
            .offset(n)
            .limit(1)
            .into_tuple()
            .one(&self.executor)
            .await?;
        Ok(next.is_some())
    }

    /// Counts leads by status. Statuses without a lead are absent.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn lead_counts(&self, filter: &LeadFilter) -> Result<Vec<LeadCount>, Error> {
        let counted: Vec<Counted> = filter
            .select()
            // Every status is one of these, but said so, SQLite seeks in the index by status.
            .filter(Column::Status.is_in(LeadStatus::iter()))
            .select_only()
            .column(Column::Status)
            .column_as(Expr::cust("COUNT(*)"), "leads")
            // Units and millionths apart: neither sum can leave 64 bits. A sum of integers is a decimal
            // on PostgreSQL.
            .column_as(
                Expr::cust("CAST(SUM(revenue / 1000000) AS BIGINT)"),
                "units",
            )
            .column_as(
                Expr::cust("CAST(SUM(revenue % 1000000) AS BIGINT)"),
                "micros",
            )
            .group_by(Column::Status)
            .into_model()
            .all(&self.executor)
            .await?;
        let counts = counted.into_iter().map(|counted| LeadCount {
            status: counted.status,
            leads: counted.leads,
            revenue: i128::from(counted.units) * 1_000_000 + i128::from(counted.micros),
        });
        let mut counts: Vec<LeadCount> = counts.collect();
        counts.sort_by_key(|count| count.status);
        Ok(counts)
    }
}
