//! Sessions of the web console, by the hash of what the browser holds.

use sea_orm::{
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _,
    entity::prelude::*,
    sea_query::{Expr, ExprTrait as _},
};

use crate::{Error, Read, WriteTx};

/// A session: a browser that signed in with a token.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "console_session")]
pub struct Model {
    /// Of what the browser holds.
    #[sea_orm(primary_key, auto_increment = false)]
    pub secret_hash: String,
    /// The token that it signed in with.
    pub token_id: String,
    /// When it signed in, microseconds.
    pub created_at: i64,
    /// When the session is over, microseconds.
    pub expires_at: i64,
    /// The browser as it calls itself, cut.
    pub agent: String,
    /// When it was used last, microseconds, some minutes too early at most; absent before.
    pub last_seen_at: Option<i64>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl WriteTx {
    /// Inserts a session, and removes those that are over by the time it begins.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] if the secret exists; [`Error::NotFound`] if the token does not.
    pub async fn insert_console_session(&self, session: Model) -> Result<(), Error> {
        Entity::delete_many()
            .filter(Column::ExpiresAt.lte(session.created_at))
            .exec(&self.tx)
            .await?;
        Entity::insert(session.into_active_model())
            .exec_without_returning(&self.tx)
            .await?;
        Ok(())
    }

    /// Removes a session; `false` if there is none.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn delete_console_session(&self, secret_hash: &str) -> Result<bool, Error> {
        let removed = Entity::delete_by_id(secret_hash).exec(&self.tx).await?;
        Ok(removed.rows_affected == 1)
    }
}

impl WriteTx {
    /// Keeps that a session was used, unless that is known of a time that is hardly earlier.
    ///
    /// * `at`: when, microseconds.
    /// * `apart`: how much later than what is known, microseconds.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn note_session_use(
        &self,
        secret_hash: &str,
        at: i64,
        apart: i64,
    ) -> Result<(), Error> {
        let known = Column::LastSeenAt;
        Entity::update_many()
            .col_expr(known, Expr::value(at))
            .filter(Column::SecretHash.eq(secret_hash))
            .filter(known.is_null().or(known.lte(at.saturating_sub(apart))))
            .exec(&self.tx)
            .await?;
        Ok(())
    }
}

impl Read<'_> {
    /// Sessions that are not over, the newest first.
    ///
    /// * `now`: microseconds.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn console_sessions(&self, now: i64) -> Result<Vec<Model>, Error> {
        Ok(Entity::find()
            .filter(Column::ExpiresAt.gt(now))
            .order_by_desc(Column::CreatedAt)
            .order_by_asc(Column::SecretHash)
            .all(&self.executor)
            .await?)
    }

    /// A session by the hash of what the browser holds, over or not.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn find_console_session(&self, secret_hash: &str) -> Result<Option<Model>, Error> {
        Ok(Entity::find_by_id(secret_hash).one(&self.executor).await?)
    }
}
