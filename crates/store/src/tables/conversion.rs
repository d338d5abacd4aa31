//! Conversions: later events worth money.

use sea_orm::{IntoActiveModel as _, QueryFilter as _, entity::prelude::*, sea_query::OnConflict};

use crate::{
    Cursor, Error, Keyed, Page, Read, WriteTx,
    batch::{self, Change},
    page,
};

/// A conversion of a delivery.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "conversion")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// Its place in commit order.
    pub seq: i64,
    /// The delivery.
    pub delivery_id: String,
    /// What makes the same event the same, however often it is reported.
    pub natural_key: String,
    /// The click id that came with it.
    pub click_id: String,
    /// The destination's own transaction id, if it sent one.
    pub txid: Option<String>,
    /// What it means.
    pub status: ConversionStatus,
    /// What the destination called it.
    pub original_status: String,
    /// What it adds to what the delivery has earned, micro-units; negative for what it takes back.
    pub revenue: i64,
    /// ISO 4217.
    pub currency: String,
    /// When it happened, microseconds.
    pub occurred_at: i64,
    /// When it was received, microseconds.
    pub received_at: i64,
    /// The postback as it came.
    pub raw_body: String,
    /// What it says of its transaction, JSON; absent in rows of an early release.
    pub event_body: Option<String>,
    /// Sales that it adds, or takes back.
    pub sales: i64,
    /// Accepted leads that it adds to caps in the window of its offer: -1 for a return that gives a unit back.
    pub accepted: i64,
}

/// What a conversion comes to, reckoned again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversionUpdate {
    /// The conversion.
    pub id: String,
    /// The destination's own transaction id, if it sent one.
    pub txid: Option<String>,
    /// What it means.
    pub status: ConversionStatus,
    /// What it says of its transaction, JSON.
    pub event_body: String,
    /// What it adds to what the delivery has earned, micro-units.
    pub revenue: i64,
    /// Sales that it adds.
    pub sales: i64,
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

/// What a conversion means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum ConversionStatus {
    /// Reported, and not yet worth money.
    Pending,
    /// Worth money.
    Sale,
    /// Worth money once more.
    Rebill,
    /// Worth nothing any more.
    Cancelled,
    /// The lead was returned or charged back.
    Returned,
    /// That was reversed.
    Reinstated,
}

impl WriteTx {
    /// Inserts a conversion unless its natural key is there; `true` if it is new, and only then may
    /// anything else follow from it.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if there is no such delivery; [`Error::Conflict`] if the id or the sequence
    /// number exists.
    pub async fn insert_conversion(&self, conversion: Model) -> Result<bool, Error> {
        let keep = OnConflict::column(Column::NaturalKey)
            .do_nothing()
            .to_owned();
        let rows = Entity::insert(conversion.into_active_model())
            .on_conflict(keep)
            .exec_without_returning(&self.tx)
            .await?;
        Ok(rows == 1)
    }

    /// Changes what conversions come to, each once.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if one does not exist.
    pub async fn update_conversions(&self, updates: Vec<ConversionUpdate>) -> Result<(), Error> {
        const CHANGE: Change = Change {
            table: "conversion",
            key: &["id"],
            set: &["txid", "status", "event_body", "revenue", "sales"],
            add: &[],
        };
        let rows = updates.into_iter().map(|update| {
            let ConversionUpdate {
                id,
                txid,
                status,
                event_body,
                revenue,
                sales,
            } = update;
            vec![
                id.into(),
                txid.into(),
                status.into(),
                event_body.into(),
                revenue.into(),
                sales.into(),
            ]
        });
        CHANGE.apply(&self.tx, rows.collect()).await
    }
}

impl Read<'_> {
    /// The conversions of one transaction of a delivery, in commit order.
    ///
    /// * `txid`: the destination's id of it; `None` for what was reported without one.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn conversions_of_transaction(
        &self,
        delivery_id: &str,
        txid: Option<&str>,
    ) -> Result<Vec<Model>, Error> {
        let of_delivery = Entity::find().filter(Column::DeliveryId.eq(delivery_id));
        let of_it = match txid {
            Some(txid) => of_delivery.filter(Column::Txid.eq(txid)),
            None => of_delivery.filter(Column::Txid.is_null()),
        };
        let mut rows = of_it.all(&self.executor).await?;
        rows.sort_by_key(|row| row.seq);
        Ok(rows)
    }

    /// A conversion by its id.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn find_conversion(&self, id: &str) -> Result<Option<Model>, Error> {
        Ok(Entity::find_by_id(id).one(&self.executor).await?)
    }

    /// The conversion of a natural key.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn find_conversion_by_key(&self, natural_key: &str) -> Result<Option<Model>, Error> {
        Ok(Entity::find()
            .filter(Column::NaturalKey.eq(natural_key))
            .one(&self.executor)
            .await?)
    }

    /// The conversions of deliveries, in commit order.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn conversions_of_deliveries(
        &self,
        delivery_ids: &[String],
    ) -> Result<Vec<Model>, Error> {
        let mut rows =
            batch::find_in::<Entity>(&self.executor, Column::DeliveryId, delivery_ids).await?;
        rows.sort_by_key(|row| row.seq);
        Ok(rows)
    }

    /// Conversions, the latest received first.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn conversions(
        &self,
        after: Option<&Cursor>,
        limit: u64,
    ) -> Result<Page<Model>, Error> {
        let key = (Column::ReceivedAt, Column::Id);
        page::newest_first(&self.executor, Entity::find(), key, after, limit).await
    }

    /// The next conversions in commit order.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn conversions_in_order(
        &self,
        after_seq: i64,
        limit: u64,
    ) -> Result<Vec<Model>, Error> {
        page::in_order(
            &self.executor,
            Entity::find(),
            Column::Seq,
            after_seq,
            limit,
        )
        .await
    }
}
