//! Leads that their buyers give back, or charge back.

use sea_orm::{
    ActiveModelTrait as _, IntoActiveModel as _, QueryFilter as _, Select, entity::prelude::*,
};

use crate::{Cursor, Error, Keyed, Page, Read, WriteTx, batch, page};

/// A lead that its buyer gives back.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "lead_return")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// When it was requested, in commit order.
    pub seq: i64,
    /// The delivery by which the buyer has the lead.
    pub delivery_id: String,
    /// The lead.
    pub lead_id: String,
    /// The buyer.
    pub destination: String,
    /// What makes the same request the same, however often it comes.
    pub natural_key: String,
    /// Whether somebody was asked.
    pub kind: ReturnKind,
    /// How far it has come.
    pub state: ReturnState,
    /// Why.
    pub reason: Option<String>,
    /// The way on which it came.
    pub origin: ReturnOrigin,
    /// Who requested it: the name of a token, or of the destination.
    pub requested_by: String,
    /// When, microseconds.
    pub requested_at: i64,
    /// Who accepted or denied it; `terms` where nobody had to.
    pub decided_by: Option<String>,
    /// When, microseconds.
    pub decided_at: Option<i64>,
    /// What whoever decided last says to it.
    pub note: Option<String>,
    /// Who reversed it.
    pub reversed_by: Option<String>,
    /// When, microseconds.
    pub reversed_at: Option<i64>,
    /// What it has taken back, micro-units: never more than nothing.
    pub revenue: i64,
    /// ISO 4217.
    pub currency: String,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Keyed for Model {
    fn cursor(&self) -> Cursor {
        Cursor {
            at: self.requested_at,
            id: self.id.clone(),
        }
    }
}

/// Whether somebody is asked before the money goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum ReturnKind {
    /// Within the terms of the destination.
    Return,
    /// Taken back without asking.
    Chargeback,
}

/// How far a return has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum ReturnState {
    /// Somebody has to decide.
    Requested,
    /// The money went back.
    Accepted,
    /// It did not.
    Denied,
    /// It went back, and came again.
    Reversed,
}

/// The way on which a return came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum ReturnOrigin {
    /// The buyer's token.
    Token,
    /// A postback.
    Postback,
    /// Whoever operates the server.
    Operator,
}

/// Which returns to list; what is absent does not restrict.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReturnFilter {
    /// Of this destination.
    pub destination: Option<String>,
    /// In this state.
    pub state: Option<ReturnState>,
}

impl ReturnFilter {
    fn select(&self) -> Select<Entity> {
        let Self { destination, state } = self;
        let conditions = [
            destination
                .as_ref()
                .map(|destination| Column::Destination.eq(destination)),
            state.map(|state| Column::State.eq(state)),
        ];
        conditions
            .into_iter()
            .flatten()
            .fold(Entity::find(), QueryFilter::filter)
    }
}

impl WriteTx {
    /// Inserts a return.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] if its id, number or key exists, or if its delivery has another one that is open or stands;
    /// [`Error::NotFound`] for a delivery that is not there.
    pub async fn insert_return(&self, row: Model) -> Result<(), Error> {
        batch::insert(&self.tx, vec![row]).await
    }

    /// Writes a return anew: state, decision, reversal and money.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if it does not exist.
    pub async fn update_return(&self, row: Model) -> Result<(), Error> {
        Entity::update(row.into_active_model().reset_all())
            .exec(&self.tx)
            .await?;
        Ok(())
    }
}

impl Read<'_> {
    /// A return by its id.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn find_return(&self, id: &str) -> Result<Option<Model>, Error> {
        Ok(Entity::find_by_id(id).one(&self.executor).await?)
    }

    /// The return of a natural key.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn find_return_by_key(&self, natural_key: &str) -> Result<Option<Model>, Error> {
        Ok(Entity::find()
            .filter(Column::NaturalKey.eq(natural_key))
            .one(&self.executor)
            .await?)
    }

    /// The returns of deliveries, in commit order.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn returns_of_deliveries(
        &self,
        delivery_ids: &[String],
    ) -> Result<Vec<Model>, Error> {
        let mut rows =
            batch::find_in::<Entity>(&self.executor, Column::DeliveryId, delivery_ids).await?;
        rows.sort_by_key(|row| row.seq);
        Ok(rows)
    }

    /// Returns, the latest requested first.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn returns(
        &self,
        filter: &ReturnFilter,
        after: Option<&Cursor>,
        limit: u64,
    ) -> Result<Page<Model>, Error> {
        let key = (Column::RequestedAt, Column::Id);
        page::newest_first(&self.executor, filter.select(), key, after, limit).await
    }
}
