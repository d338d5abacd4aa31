//! Postbacks that could not be applied: kept with the reason, to be replayed.

use std::fmt;

use sea_orm::{
    ExprTrait as _, IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    Select,
    entity::prelude::*,
    sea_query::{Expr, OnConflict},
};

use crate::{Cursor, Error, Keyed, Page, Read, WriteTx, batch, page};

/// A postback that was put aside.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "parked_postback")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// The click id that it names; empty if it names none.
    pub click_id: String,
    /// What makes the same event the same.
    pub natural_key: String,
    /// The postback, as the service reads it back.
    pub raw_body: String,
    /// When it came first, microseconds.
    pub received_at: i64,
    /// Whose token it came with; absent for a token of all destinations.
    pub destination: Option<String>,
    /// Why it was not applied; absent in rows of an early release.
    pub reason: Option<ParkedReason>,
    /// What is wrong with it, JSON; absent if nothing is.
    pub problems_body: Option<String>,
    /// How often it came.
    pub times: i64,
}

/// Why a postback was not applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum ParkedReason {
    /// The answer to its offer is not known yet; it is applied if the offer is accepted.
    AwaitingAnswer,
    /// Its click id is unknown.
    UnknownClick,
    /// Its token speaks for another destination than that of its click.
    OtherDestination,
    /// The destination did not take the lead.
    NotAccepted,
    /// It could not be read, or contradicts what is known.
    Refused,
}

/// Which postbacks that were put aside to list; what is absent does not restrict.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ParkedPostbackFilter {
    /// One of these.
    pub ids: Option<Vec<String>>,
    /// With a token of this destination.
    pub destination: Option<String>,
    /// For this reason.
    pub reason: Option<ParkedReason>,
    /// Received first then or later, microseconds.
    pub from: Option<i64>,
    /// Received first before, microseconds.
    pub until: Option<i64>,
}

impl ParkedPostbackFilter {
    fn select(&self) -> Select<Entity> {
        let Self {
            ids,
            destination,
            reason,
            from,
            until,
        } = self;
        // Early releases gave no reason: click ids were unknown then.
        let because = |reason: ParkedReason| {
            let is_it = Column::Reason.eq(reason);
            if reason == ParkedReason::UnknownClick {
                is_it.or(Column::Reason.is_null())
            } else {
                is_it
            }
        };
        let conditions = [
            ids.as_ref().map(|ids| Column::Id.is_in(ids)),
            destination
                .as_ref()
                .map(|name| Column::Destination.eq(name)),
            reason.map(because),
            from.map(|from| Column::ReceivedAt.gte(from)),
            until.map(|until| Column::ReceivedAt.lt(until)),
        ];
        conditions
            .into_iter()
            .flatten()
            .fold(Entity::find(), QueryFilter::filter)
    }
}

impl fmt::Debug for Model {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ParkedPostback")
            .field("id", &self.id)
            .field("click_id", &self.click_id)
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

impl WriteTx {
    /// Puts a postback aside; `true` if it is new. One that is there already is counted once more.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] if the id exists.
    pub async fn park_postback(&self, postback: Model) -> Result<bool, Error> {
        let natural_key = postback.natural_key.clone();
        let keep = OnConflict::column(Column::NaturalKey)
            .do_nothing()
            .to_owned();
        let rows = Entity::insert(postback.into_active_model())
            .on_conflict(keep)
            .exec_without_returning(&self.tx)
            .await?;
        if rows == 0 {
            Entity::update_many()
                .col_expr(Column::Times, Expr::col(Column::Times).add(1))
                .filter(Column::NaturalKey.eq(natural_key))
                .exec(&self.tx)
                .await?;
        }
        Ok(rows == 1)
    }

    /// Takes the postbacks that wait for the answer to the offer of a click, the oldest first; they are
    /// parked no more.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn take_parked(&self, click_id: &str) -> Result<Vec<Model>, Error> {
        let parked = Entity::find()
            .filter(Column::ClickId.eq(click_id))
            .filter(is_waiting())
            .order_by_asc(Column::ReceivedAt)
            .order_by_asc(Column::Id)
            .all(&self.tx)
            .await?;
        // Most clicks have none, and a lead should not pay for a second statement.
        if !parked.is_empty() {
            Entity::delete_many()
                .filter(Column::ClickId.eq(click_id))
                .filter(is_waiting())
                .exec(&self.tx)
                .await?;
        }
        Ok(parked)
    }

    /// Takes a postback back that was put aside; `false` if it is not there any more.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn unpark_postback(&self, id: &str) -> Result<bool, Error> {
        let deleted = Entity::delete_by_id(id).exec(&self.tx).await?;
        Ok(deleted.rows_affected == 1)
    }

    /// Forgets some of the postbacks that came before a time, the oldest first, and says how many.
    ///
    /// * `at`: microseconds.
    /// * `limit`: how many at most.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn forget_parked_before(&self, at: i64, limit: u64) -> Result<u64, Error> {
        let oldest: Vec<String> = Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(Column::ReceivedAt.lt(at))
            .order_by_asc(Column::ReceivedAt)
            .order_by_asc(Column::Id)
            .limit(limit)
            .into_tuple()
            .all(&self.tx)
            .await?;
        if oldest.is_empty() {
            return Ok(0);
        }
        let deleted = Entity::delete_many()
            .filter(Column::Id.is_in(oldest))
            .exec(&self.tx)
            .await?;
        Ok(deleted.rows_affected)
    }
}

fn is_waiting() -> sea_orm::Condition {
    sea_orm::Condition::any()
        .add(Column::Reason.eq(ParkedReason::AwaitingAnswer))
        .add(Column::Reason.is_null())
}

impl Read<'_> {
    /// A postback that was put aside, by its id.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn find_parked_postback(&self, id: &str) -> Result<Option<Model>, Error> {
        Ok(Entity::find_by_id(id).one(&self.executor).await?)
    }

    /// Postbacks that were put aside, the latest first.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn parked_postbacks(
        &self,
        filter: &ParkedPostbackFilter,
        after: Option<&Cursor>,
        limit: u64,
    ) -> Result<Page<Model>, Error> {
        let key = (Column::ReceivedAt, Column::Id);
        page::newest_first(&self.executor, filter.select(), key, after, limit).await
    }

    /// How many postbacks were put aside, counted up to a number.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn n_parked_postbacks(
        &self,
        filter: &ParkedPostbackFilter,
        max: u64,
    ) -> Result<u64, Error> {
        page::count_to(&self.executor, filter.select(), Column::Id, max).await
    }

    /// Those of the postbacks that are put aside still, in no order.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn parked_postbacks_by_id(&self, ids: &[String]) -> Result<Vec<Model>, Error> {
        batch::find_in::<Entity>(&self.executor, Column::Id, ids).await
    }

    /// Those of some clicks of which a postback waits for the answer to their offer.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn awaited_clicks(&self, clicks: &[String]) -> Result<Vec<String>, Error> {
        let waiting = Entity::find()
            .select_only()
            .column(Column::ClickId)
            .distinct()
            .filter(Column::ClickId.is_in(clicks))
            .filter(is_waiting());
        Ok(waiting.into_tuple().all(&self.executor).await?)
    }
}
