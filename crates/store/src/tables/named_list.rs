//! Lists that predicates ask.

pub(crate) mod part;
pub(crate) mod version;

use sea_orm::{IntoActiveModel as _, QueryOrder as _, Set, entity::prelude::*};

use crate::{Error, Expected, Read, WriteTx};

/// A list with its present version.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "named_list")]
pub struct Model {
    /// Its name.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// What its values are, a word.
    pub kind: String,
    /// Content address of the values.
    pub hash: String,
    /// How many values there are.
    pub n_values: i64,
    /// One more with each version, from 1.
    pub revision: i64,
    /// When it was first put, microseconds.
    pub created_at: i64,
    /// When its present version was put, microseconds.
    pub updated_at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// A version of a list to put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewNamedList {
    /// Its name.
    pub name: String,
    /// What its values are, a word.
    pub kind: String,
    /// Content address of the values; their parts are stored already.
    pub hash: String,
    /// How many values there are.
    pub n_values: i64,
    /// Now, microseconds.
    pub at: i64,
}

impl WriteTx {
    /// Makes a version the present one of the list of its name, and gives what is there now.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] and [`Error::NotFound`] if the list is not as `expected`.
    pub async fn put_named_list(
        &self,
        list: NewNamedList,
        expected: Expected,
    ) -> Result<Model, Error> {
        let NewNamedList {
            name,
            kind,
            hash,
            n_values,
            at,
        } = list;
        let found = self.read().find_named_list(&name).await?;
        let revision = expected.next(found.as_ref().map(|row| row.revision), "list")?;
        let row = ActiveModel {
            name: Set(name.clone()),
            kind: Set(kind),
            hash: Set(hash.clone()),
            n_values: Set(n_values),
            revision: Set(revision),
            created_at: Set(found.as_ref().map_or(at, |row| row.created_at)),
            updated_at: Set(at),
        };
        let row = if found.is_some() {
            row.update(&self.tx).await?
        } else {
            row.insert(&self.tx).await?
        };
        let version = version::Model {
            name,
            revision,
            hash,
            n_values,
            created_at: at,
        };
        version::Entity::insert(version.into_active_model())
            .exec_without_returning(&self.tx)
            .await?;
        Ok(row)
    }
}

impl Read<'_> {
    /// A list by its name.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn find_named_list(&self, name: &str) -> Result<Option<Model>, Error> {
        Ok(Entity::find_by_id(name).one(&self.executor).await?)
    }

    /// Every list by name.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn named_lists(&self) -> Result<Vec<Model>, Error> {
        Ok(Entity::find()
            .order_by_asc(Column::Name)
            .all(&self.executor)
            .await?)
    }
}
