//! What decisions read beside the flow, frozen.

use sea_orm::{IntoActiveModel as _, entity::prelude::*, sea_query::OnConflict};

use crate::{Error, Read, WriteTx, batch};

/// A revision of the catalog.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "catalog")]
pub struct Model {
    /// Of the canonical body.
    #[sea_orm(primary_key, auto_increment = false)]
    pub hash: String,
    /// The catalog, JSON.
    pub body: String,
    /// When it was first put, microseconds.
    pub created_at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl WriteTx {
    /// Puts a catalog unless it is there; `true` if it is new.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn put_catalog(&self, catalog: Model) -> Result<bool, Error> {
        let keep = OnConflict::column(Column::Hash).do_nothing().to_owned();
        let rows = Entity::insert(catalog.into_active_model())
            .on_conflict(keep)
            .exec_without_returning(&self.tx)
            .await?;
        Ok(rows == 1)
    }
}

impl Read<'_> {
    /// A catalog by its hash.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn find_catalog(&self, hash: &str) -> Result<Option<Model>, Error> {
        Ok(Entity::find_by_id(hash).one(&self.executor).await?)
    }

    /// Those of the catalogs that exist, in no order.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn catalogs(&self, hashes: &[String]) -> Result<Vec<Model>, Error> {
        batch::find_in::<Entity>(&self.executor, Column::Hash, hashes).await
    }
}
