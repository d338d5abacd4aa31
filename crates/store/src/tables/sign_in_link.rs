//! Links that sign a browser in once, by the hash of their code.

use sea_orm::{IntoActiveModel as _, QueryFilter as _, entity::prelude::*};

use crate::{Error, WriteTx};

/// A link: whoever opens it first signs in with a token.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sign_in_link")]
pub struct Model {
    /// Of the code in the link.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code_hash: String,
    /// The token that it signs in with.
    pub token_id: String,
    /// When it stops working, microseconds.
    pub expires_at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl WriteTx {
    /// Inserts a link, and removes those that no longer work.
    ///
    /// * `now`: microseconds.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] if the code exists; [`Error::NotFound`] if the token does not.
    pub async fn insert_sign_in_link(&self, link: Model, now: i64) -> Result<(), Error> {
        Entity::delete_many()
            .filter(Column::ExpiresAt.lte(now))
            .exec(&self.tx)
            .await?;
        Entity::insert(link.into_active_model())
            .exec_without_returning(&self.tx)
            .await?;
        Ok(())
    }

    /// Takes a link away, and gives what it was; `None` if there is none.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn take_sign_in_link(&self, code_hash: &str) -> Result<Option<Model>, Error> {
        let found = Entity::find_by_id(code_hash).one(&self.tx).await?;
        let removed = Entity::delete_by_id(code_hash).exec(&self.tx).await?;
        // Of two at the same moment, one removed it.
        Ok(found.filter(|_| removed.rows_affected == 1))
    }
}
