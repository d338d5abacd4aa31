//! Versions of lists.

use sea_orm::{QueryFilter as _, QueryOrder as _, QuerySelect as _, entity::prelude::*};

use crate::{Error, Read};

/// A version of a list.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "named_list_version")]
pub struct Model {
    /// The list.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// Its number, from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub revision: i64,
    /// Content address of the values.
    pub hash: String,
    /// How many values there are.
    pub n_values: i64,
    /// When it was put, microseconds.
    pub created_at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Read<'_> {
    /// A version of a list.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn find_named_list_version(
        &self,
        name: &str,
        revision: i64,
    ) -> Result<Option<Model>, Error> {
        let key = (name.to_owned(), revision);
        Ok(Entity::find_by_id(key).one(&self.executor).await?)
    }

    /// The versions of a list, newest first.
    ///
    /// * `limit`: most of them.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn named_list_versions(&self, name: &str, limit: u64) -> Result<Vec<Model>, Error> {
        Ok(Entity::find()
            .filter(Column::Name.eq(name))
            .order_by_desc(Column::Revision)
            .limit(limit)
            .all(&self.executor)
            .await?)
    }
}
