//! What versions were compiled with that decide leads without sending anything.

use sea_orm::{IntoActiveModel as _, QueryFilter as _, QueryOrder as _, entity::prelude::*};

use crate::{Error, Read, WriteTx};

/// A catalog, and from when on it counts.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "shadow_catalog")]
pub struct Model {
    /// The number of the shadow.
    #[sea_orm(primary_key, auto_increment = false)]
    pub shadow: i64,
    /// Leads with a larger number in commit order are decided with it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub from_seq: i64,
    /// The catalog, which is stored.
    pub catalog_hash: String,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl WriteTx {
    /// Compiles a shadow's version with another catalog, from the number on that this transaction gives out next.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if there is no such shadow or catalog; [`Error::Conflict`] if it was changed by the same
    /// number already.
    pub async fn add_shadow_catalog(&self, shadow: i64, catalog_hash: String) -> Result<(), Error> {
        let row = Model {
            shadow,
            from_seq: self.order().number + 1,
            catalog_hash,
        };
        Entity::insert(row.into_active_model())
            .exec_without_returning(&self.tx)
            .await?;
        Ok(())
    }
}

impl Read<'_> {
    /// The catalogs of a shadow, the first one first.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn shadow_catalogs(&self, shadow: i64) -> Result<Vec<Model>, Error> {
        let select = Entity::find().filter(Column::Shadow.eq(shadow));
        let select = select.order_by_asc(Column::FromSeq);
        Ok(select.all(&self.executor).await?)
    }
}
