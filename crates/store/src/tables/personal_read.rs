//! Who looked at the personal data of which lead.

use sea_orm::{
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, entity::prelude::*,
};

use crate::{Error, Read, WriteTx};

/// One look at the personal data of a lead.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "personal_read")]
pub struct Model {
    /// The lead.
    #[sea_orm(primary_key, auto_increment = false)]
    pub lead_id: String,
    /// When, microseconds.
    #[sea_orm(primary_key, auto_increment = false)]
    pub read_at: i64,
    /// Name of the token that looked.
    #[sea_orm(primary_key, auto_increment = false)]
    pub read_by: String,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl WriteTx {
    /// Notes a look.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] if it is noted already.
    pub async fn insert_personal_read(&self, read: Model) -> Result<(), Error> {
        Entity::insert(read.into_active_model())
            .exec_without_returning(&self.tx)
            .await?;
        Ok(())
    }
}

impl Read<'_> {
    /// The last looks at a lead, newest first.
    ///
    /// * `limit`: most of them.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn personal_reads(&self, lead_id: &str, limit: u64) -> Result<Vec<Model>, Error> {
        Ok(Entity::find()
            .filter(Column::LeadId.eq(lead_id))
            .order_by_desc(Column::ReadAt)
            .limit(limit)
            .all(&self.executor)
            .await?)
    }
}
