//! Finding, streaming and counting deliveries.

use sea_orm::{
    FromQueryResult, QueryFilter as _, QuerySelect as _, QueryTrait as _, Select,
    entity::prelude::*,
    sea_query::{Expr, ExprTrait as _, Query},
};

use super::{Column, DeliveryState, Entity, Model};
use crate::{
    Cursor, Error, Page, Read, batch, page,
    tables::{attempt, delivery_release, lead},
};

/// Which deliveries to list or count; what is absent does not restrict.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeliveryFilter {
    /// One of these.
    pub ids: Option<Vec<String>>,
    /// To this destination.
    pub destination: Option<String>,
    /// Of a lead of this flow.
    pub flow: Option<String>,
    /// Of a lead of this source.
    pub source: Option<String>,
    /// In this state.
    pub state: Option<DeliveryState>,
    /// With an attempt that ended so, in a word of the delivery's.
    pub outcome: Option<String>,
    /// Offered then or later, microseconds.
    pub from: Option<i64>,
    /// Offered before, microseconds.
    pub until: Option<i64>,
    /// Whether it became known what came of it after its answer was unknown.
    pub is_released: Option<bool>,
}

impl DeliveryFilter {
    fn select(&self) -> Select<Entity> {
        let Self {
            ids,
            destination,
            flow,
            source,
            state,
            outcome,
            from,
            until,
            is_released,
        } = self;
        let of_lead = |column: lead::Column, value: &String| {
            let own = Expr::col((lead::Entity, lead::Column::Id)).equals((Entity, Column::LeadId));
            let leads = Query::select()
                .expr(Expr::val(1))
                .from(lead::Entity)
                .and_where(own)
                .and_where(column.eq(value))
                .take();
            Expr::exists(leads)
        };
        let ended = |outcome: &String| {
            let own = Expr::col((attempt::Entity, attempt::Column::DeliveryId))
                .equals((Entity, Column::Id));
            let attempts = Query::select()
                .expr(Expr::val(1))
                .from(attempt::Entity)
                .and_where(own)
                .and_where(attempt::Column::Outcome.eq(outcome))
                .take();
            Expr::exists(attempts)
        };
        let is_in = |state: DeliveryState| match state {
            // Spelled out: with a bound value the planner could not tell that the partial index fits.
            DeliveryState::Held => Expr::cust("delivery.state = 'held'"),
            other => Column::State.eq(other),
        };
        let released = |is_released: bool| {
            let releases = delivery_release::Entity::find()
                .select_only()
                .column(delivery_release::Column::DeliveryId)
                .into_query();
            if is_released {
                Column::Id.in_subquery(releases)
            } else {
                Column::Id.not_in_subquery(releases)
            }
        };
        let conditions = [
            ids.as_ref().map(|ids| Column::Id.is_in(ids)),
            destination
                .as_ref()
                .map(|destination| Column::Destination.eq(destination)),
            flow.as_ref().map(|flow| of_lead(lead::Column::Flow, flow)),
            source
                .as_ref()
                .map(|source| of_lead(lead::Column::Source, source)),
            state.map(is_in),
            outcome.as_ref().map(ended),
            from.map(|from| Column::CreatedAt.gte(from)),
            until.map(|until| Column::CreatedAt.lt(until)),
            is_released.map(released),
        ];
        conditions
            .into_iter()
            .flatten()
            .fold(Entity::find(), QueryFilter::filter)
    }
}

/// How many deliveries to a destination are in a state, and what they brought at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryCount {
    /// The destination.
    pub destination: String,
    /// The state.
    pub state: DeliveryState,
    /// How many.
    pub deliveries: i64,
    /// The sum of their prices, micro-units.
    pub price: i128,
}

/// As the database counts.
#[derive(Debug, FromQueryResult)]
struct Counted {
    destination: String,
    state: DeliveryState,
    deliveries: i64,
    units: i64,
    micros: i64,
}

impl Read<'_> {
    /// A delivery by its id.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn find_delivery(&self, id: &str) -> Result<Option<Model>, Error> {
        Ok(Entity::find_by_id(id).one(&self.executor).await?)
    }

    /// Those of the deliveries that exist, in no order.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn deliveries_by_id(&self, ids: &[String]) -> Result<Vec<Model>, Error> {
        batch::find_in::<Entity>(&self.executor, Column::Id, ids).await
    }

    /// The deliveries of leads, by lead and step.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn deliveries_of_leads(&self, lead_ids: &[String]) -> Result<Vec<Model>, Error> {
        let mut rows = batch::find_in::<Entity>(&self.executor, Column::LeadId, lead_ids).await?;
        rows.sort_by(|a, b| (&a.lead_id, a.n).cmp(&(&b.lead_id, b.n)));
        Ok(rows)
    }

    /// The delivery that a click id names.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn find_delivery_by_click(&self, click_id: &str) -> Result<Option<Model>, Error> {
        Ok(Entity::find()
            .filter(Column::ClickId.eq(click_id))
            .one(&self.executor)
            .await?)
    }

    /// Those of the deliveries that exist, in no order.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn find_deliveries_by_clicks(
        &self,
        click_ids: &[String],
    ) -> Result<Vec<Model>, Error> {
        batch::find_in::<Entity>(&self.executor, Column::ClickId, click_ids).await
    }

    /// The next deliveries in commit order of their reservation, settled or not.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn deliveries_reserved_in_order(
        &self,
        after_seq: i64,
        limit: u64,
    ) -> Result<Vec<Model>, Error> {
        let select = Entity::find();
        page::in_order(
            &self.executor,
            select,
            Column::ReservedSeq,
            after_seq,
            limit,
        )
        .await
    }

    /// The next deliveries to some destinations, in commit order of their reservation.
    ///
    /// * `before_seq`: the place in commit order at which they end, itself excluded.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn deliveries_to(
        &self,
        destinations: &[String],
        after_seq: i64,
        before_seq: i64,
        limit: u64,
    ) -> Result<Vec<Model>, Error> {
        let select = Entity::find()
            .filter(Column::Destination.is_in(destinations))
            .filter(Column::ReservedSeq.lt(before_seq));
        page::in_order(
            &self.executor,
            select,
            Column::ReservedSeq,
            after_seq,
            limit,
        )
        .await
    }

    /// The next settled deliveries, in commit order of their settlement.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn deliveries_settled_in_order(
        &self,
        after_seq: i64,
        limit: u64,
    ) -> Result<Vec<Model>, Error> {
        let select = Entity::find();
        page::in_order(&self.executor, select, Column::SettledSeq, after_seq, limit).await
    }

    /// The next deliveries that are pending or sending, in commit order of their reservation.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn unfinished_deliveries(
        &self,
        after_seq: i64,
        limit: u64,
    ) -> Result<Vec<Model>, Error> {
        // Spelled out: with bound values the planner could not tell that the partial index fits.
        let select = Entity::find().filter(Expr::cust("delivery.state IN ('pending', 'sending')"));
        page::in_order(
            &self.executor,
            select,
            Column::ReservedSeq,
            after_seq,
            limit,
        )
        .await
    }

    /// Deliveries, the newest first.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn deliveries(
        &self,
        filter: &DeliveryFilter,
        after: Option<&Cursor>,
        limit: u64,
    ) -> Result<Page<Model>, Error> {
        let key = (Column::CreatedAt, Column::Id);
        page::newest_first(&self.executor, filter.select(), key, after, limit).await
    }

    /// How many deliveries there are, counted up to a number.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn n_deliveries(&self, filter: &DeliveryFilter, max: u64) -> Result<u64, Error> {
        page::count_to(&self.executor, filter.select(), Column::Id, max).await
    }

    /// Counts deliveries by destination and state. Pairs without a delivery are absent.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn delivery_counts(
        &self,
        filter: &DeliveryFilter,
    ) -> Result<Vec<DeliveryCount>, Error> {
        let counted: Vec<Counted> = filter
            .select()
            .select_only()
            .column(Column::Destination)
            .column(Column::State)
            .column_as(Expr::cust("COUNT(*)"), "deliveries")
            // Units and millionths apart: neither sum can leave 64 bits. A sum of integers is a decimal
            // on PostgreSQL.
            .column_as(
                Expr::cust("CAST(COALESCE(SUM(price / 1000000), 0) AS BIGINT)"),
                "units",
            )
            .column_as(
                Expr::cust("CAST(COALESCE(SUM(price % 1000000), 0) AS BIGINT)"),
                "micros",
            )
            .group_by(Column::Destination)
            .group_by(Column::State)
            .into_model()
            .all(&self.executor)
            .await?;
        let counts = counted.into_iter().map(|counted| DeliveryCount {
            destination: counted.destination,
            state: counted.state,
            deliveries: counted.deliveries,
            price: i128::from(counted.units) * 1_000_000 + i128::from(counted.micros),
        });
        let mut counts: Vec<DeliveryCount> = counts.collect();
        counts.sort_by(|a, b| (&a.destination, a.state).cmp(&(&b.destination, b.state)));
        Ok(counts)
    }
}
