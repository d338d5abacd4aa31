//! The fields of a vertical's leads, as they are now.

use sea_orm::{QueryOrder as _, Set, entity::prelude::*, sea_query::OnConflict};

use crate::{Error, Read, WriteTx};

/// The lead schema of a vertical.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "lead_schema")]
pub struct Model {
    /// Its name.
    #[sea_orm(primary_key, auto_increment = false)]
    pub vertical: String,
    /// Of the canonical body.
    pub hash: String,
    /// The schema, JSON.
    pub body: String,
    /// When it was first put, microseconds.
    pub created_at: i64,
    /// When it was last put, microseconds.
    pub updated_at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// A lead schema to put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLeadSchema {
    /// Its vertical.
    pub vertical: String,
    /// Of the canonical body.
    pub hash: String,
    /// The schema, JSON.
    pub body: String,
    /// Now, microseconds.
    pub at: i64,
}

impl WriteTx {
    /// Puts a vertical's schema in place of the one it has, if any.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn put_lead_schema(&self, schema: NewLeadSchema) -> Result<(), Error> {
        let NewLeadSchema {
            vertical,
            hash,
            body,
            at,
        } = schema;
        let row = ActiveModel {
            vertical: Set(vertical),
            hash: Set(hash),
            body: Set(body),
            created_at: Set(at),
            updated_at: Set(at),
        };
        let replace = OnConflict::column(Column::Vertical)
            .update_columns([Column::Hash, Column::Body, Column::UpdatedAt])
            .to_owned();
        Entity::insert(row)
            .on_conflict(replace)
            .exec_without_returning(&self.tx)
            .await?;
        Ok(())
    }
}

impl Read<'_> {
    /// The schema of a vertical.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn find_lead_schema(&self, vertical: &str) -> Result<Option<Model>, Error> {
        Ok(Entity::find_by_id(vertical).one(&self.executor).await?)
    }

    /// Every schema, by vertical.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn lead_schemas(&self) -> Result<Vec<Model>, Error> {
        Ok(Entity::find()
            .order_by_asc(Column::Vertical)
            .all(&self.executor)
            .await?)
    }
}
