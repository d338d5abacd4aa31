//! The values of lists, in parts.

use std::fmt;

use sea_orm::{
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, entity::prelude::*,
    sea_query::OnConflict,
};

use crate::{Error, Read, WriteTx};

/// Some of the values of a list. They may tell who persons are, so `Debug` leaves them out.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "list_part")]
pub struct Model {
    /// Content address of all values.
    #[sea_orm(primary_key, auto_increment = false)]
    pub hash: String,
    /// Its place among the parts, from 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub part: i64,
    /// Values, a line each.
    pub body: String,
}

impl fmt::Debug for Model {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ListPart")
            .field("hash", &self.hash)
            .field("part", &self.part)
            .finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl WriteTx {
    /// Stores a part of a list. One that is there already says the same, since its list is known by its content.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn put_list_part(&self, part: Model) -> Result<(), Error> {
        let keep = OnConflict::columns([Column::Hash, Column::Part])
            .do_nothing()
            .to_owned();
        Entity::insert(part.into_active_model())
            .on_conflict(keep)
            .exec_without_returning(&self.tx)
            .await?;
        Ok(())
    }
}

impl Read<'_> {
    /// The parts of a list, in order.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn list_parts(&self, hash: &str) -> Result<Vec<Model>, Error> {
        Ok(Entity::find()
            .filter(Column::Hash.eq(hash))
            .order_by_asc(Column::Part)
            .all(&self.executor)
            .await?)
    }
}
