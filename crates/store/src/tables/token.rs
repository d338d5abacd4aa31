//! Access tokens, by the hash of their secret.

use sea_orm::{
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _,
    entity::prelude::*,
    sea_query::{Expr, ExprTrait as _},
};

use crate::{Error, Read, WriteTx};

/// A token; the secret itself is nowhere.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "token")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// What its maker calls it.
    pub name: String,
    /// What it may do: a word of the service's.
    pub role: String,
    /// The source that it speaks for, if only one.
    pub source: Option<String>,
    /// The destination whose postbacks it lets in, if it is in a postback URL.
    pub destination: Option<String>,
    /// Of the secret.
    pub secret_hash: String,
    /// When it was made, microseconds.
    pub created_at: i64,
    /// When it stopped being valid, microseconds.
    pub revoked_at: Option<i64>,
    /// When it was used last, microseconds, some minutes too early at most; absent if it was not since that is kept.
    pub last_used_at: Option<i64>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl WriteTx {
    /// Inserts a token.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] if the id or the secret exists.
    pub async fn insert_token(&self, token: Model) -> Result<(), Error> {
        Entity::insert(token.into_active_model())
            .exec_without_returning(&self.tx)
            .await?;
        Ok(())
    }

    /// Ends a token; `false` if it had ended before.
    ///
    /// * `at`: now, microseconds.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`].
    pub async fn revoke_token(&self, id: &str, at: i64) -> Result<bool, Error> {
        let revoked = Entity::update_many()
            .col_expr(Column::RevokedAt, Expr::value(at))
            .filter(Column::Id.eq(id))
            .filter(Column::RevokedAt.is_null())
            .exec(&self.tx)
            .await?
            .rows_affected;
        if revoked == 0 && self.read().find_token(id).await?.is_none() {
            return Err(Error::not_found("token"));
        }
        Ok(revoked == 1)
    }
}

impl WriteTx {
    /// Keeps that a token was used, unless that is known of a time that is hardly earlier.
    ///
    /// * `at`: when, microseconds.
    /// * `apart`: how much later than what is known, microseconds.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn note_token_use(&self, id: &str, at: i64, apart: i64) -> Result<(), Error> {
        let known = Column::LastUsedAt;
        Entity::update_many()
            .col_expr(known, Expr::value(at))
            .filter(Column::Id.eq(id))
            .filter(known.is_null().or(known.lte(at.saturating_sub(apart))))
            .exec(&self.tx)
            .await?;
        Ok(())
    }
}

impl Read<'_> {
    /// A token by its id.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn find_token(&self, id: &str) -> Result<Option<Model>, Error> {
        Ok(Entity::find_by_id(id).one(&self.executor).await?)
    }

    /// A token by the hash of its secret, revoked or not.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn find_token_by_hash(&self, secret_hash: &str) -> Result<Option<Model>, Error> {
        Ok(Entity::find()
            .filter(Column::SecretHash.eq(secret_hash))
            .one(&self.executor)
            .await?)
    }

    /// Every token, the oldest first.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn tokens(&self) -> Result<Vec<Model>, Error> {
        Ok(Entity::find()
            .order_by_asc(Column::CreatedAt)
            .order_by_asc(Column::Id)
            .all(&self.executor)
            .await?)
    }
}
