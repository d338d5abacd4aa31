//! What is due for offers: a retry of one that was surely not sent, or a question what became of one.

use sea_orm::{QueryOrder as _, QuerySelect as _, Set, entity::prelude::*, sea_query::OnConflict};

use crate::{Error, Read, WriteTx, batch};

/// Rows of one statement.
const ROWS_MAX: usize = 200;

/// What is due for an offer. There is at most one thing for each.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    /// The delivery.
    #[sea_orm(primary_key, auto_increment = false)]
    pub delivery_id: String,
    /// What is to be done.
    pub kind: OutboxKind,
    /// The number of the attempt or question, from 0.
    pub n: i64,
    /// When, microseconds.
    pub due_at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What is to be done about an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum OutboxKind {
    /// It was surely not sent and is made again.
    Retry,
    /// The destination is asked what became of it.
    Status,
}

impl WriteTx {
    /// Writes down what is due for offers, in place of what was.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] for a delivery that is not there.
    pub async fn put_due(&self, due: Vec<Model>) -> Result<(), Error> {
        for some in due.chunks(ROWS_MAX) {
            let rows = some.iter().map(|due| ActiveModel {
                delivery_id: Set(due.delivery_id.clone()),
                kind: Set(due.kind),
                n: Set(due.n),
                due_at: Set(due.due_at),
            });
            let replace = OnConflict::column(Column::DeliveryId)
                .update_columns([Column::Kind, Column::N, Column::DueAt])
                .to_owned();
            Entity::insert_many(rows)
                .on_conflict(replace)
                .exec_without_returning(&self.tx)
                .await?;
        }
        Ok(())
    }

    /// Puts off what is due for an offer, if that is due still.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn move_due(&self, due: Model) -> Result<(), Error> {
        Entity::update_many()
            .set(ActiveModel {
                n: Set(due.n),
                due_at: Set(due.due_at),
                ..Default::default()
            })
            .filter(Column::DeliveryId.eq(due.delivery_id))
            .filter(Column::Kind.eq(due.kind))
            .exec(&self.tx)
            .await?;
        Ok(())
    }

    /// Nothing is due for these deliveries any more.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn drop_due(&self, delivery_ids: &[String]) -> Result<(), Error> {
        for some in delivery_ids.chunks(ROWS_MAX) {
            Entity::delete_many()
                .filter(Column::DeliveryId.is_in(some))
                .exec(&self.tx)
                .await?;
        }
        Ok(())
    }
}

impl Read<'_> {
    /// What is due for deliveries, in no order.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn due_of_deliveries(&self, delivery_ids: &[String]) -> Result<Vec<Model>, Error> {
        batch::find_in::<Entity>(&self.executor, Column::DeliveryId, delivery_ids).await
    }

    /// What of a kind is due until a time, what is due first before the rest.
    ///
    /// * `until`: microseconds.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn due(&self, kind: OutboxKind, until: i64, limit: u64) -> Result<Vec<Model>, Error> {
        Ok(Entity::find()
            .filter(Column::Kind.eq(kind))
            .filter(Column::DueAt.lte(until))
            .order_by_asc(Column::DueAt)
            .order_by_asc(Column::DeliveryId)
            .limit(limit)
            .all(&self.executor)
            .await?)
    }
}
