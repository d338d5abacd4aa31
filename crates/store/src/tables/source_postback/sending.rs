//! Postbacks to sources on their way.

use sea_orm::{
    ConnectionTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Statement,
    entity::prelude::*,
};

use super::{Column, Entity, Model, SourcePostbackState, answer_place, word};
use crate::{Error, Read, WriteTx};

/// What came of an attempt: all of these at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostbackAttempt {
    /// The postback.
    pub id: String,
    /// How often it had been tried before.
    pub n_attempts: i64,
    /// How far it has come by it.
    pub state: SourcePostbackState,
    /// When it is sent again, microseconds; absent if it is not.
    pub due_at: Option<i64>,
    /// When it ended, microseconds.
    pub attempted_at: i64,
    /// The HTTP status, if one came back.
    pub status: Option<i64>,
    /// What was in the way.
    pub error: Option<String>,
    /// What came back, cut.
    pub answer_excerpt: Option<String>,
}

impl WriteTx {
    /// Notes what came of an attempt; `false` if somebody else has noted one meanwhile, and nothing changes.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn note_postback_attempt(&self, attempt: PostbackAttempt) -> Result<bool, Error> {
        let PostbackAttempt {
            id,
            n_attempts,
            state,
            due_at,
            attempted_at,
            status,
            error,
            answer_excerpt,
        } = attempt;
        let answer = answer_excerpt.map(|text| self.keys.seal(&answer_place(&id), text));
        let values: [Value; 8] = [
            word(state).into(),
            due_at.into(),
            attempted_at.into(),
            status.into(),
            error.into(),
            answer.transpose()?.into(),
            id.into(),
            n_attempts.into(),
        ];
        let statement = Statement::from_sql_and_values(
            self.read().backend(),
            "UPDATE source_postback
             SET state = $1, due_at = $2, attempted_at = $3, status = $4, error = $5, answer_excerpt = $6,
                 n_attempts = n_attempts + 1
             WHERE id = $7 AND n_attempts = $8 AND state = 'waiting'",
            values,
        );
        Ok(self.tx.execute_raw(statement).await?.rows_affected() == 1)
    }

    /// Lets a dead postback be sent again, on a schedule of its own; `false` if it is not dead.
    ///
    /// * `due_at`: microseconds.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn resend_source_postback(&self, id: &str, due_at: i64) -> Result<bool, Error> {
        let statement = Statement::from_sql_and_values(
            self.read().backend(),
            "UPDATE source_postback SET state = 'waiting', due_at = $1, n_before = n_attempts
             WHERE id = $2 AND state = 'dead'",
            [due_at.into(), id.into()],
        );
        Ok(self.tx.execute_raw(statement).await?.rows_affected() == 1)
    }
}

impl Read<'_> {
    /// Sources of which a postback is due by a time, the longest waiting first.
    ///
    /// * `until`: microseconds.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn sources_with_due_postbacks(&self, until: i64) -> Result<Vec<String>, Error> {
        let found = Entity::find()
            .select_only()
            .column(Column::Source)
            .filter(Column::DueAt.is_not_null())
            .filter(Column::DueAt.lte(until))
            .group_by(Column::Source)
            .order_by_asc(Column::DueAt.min())
            .order_by_asc(Column::Source);
        Ok(found.into_tuple().all(&self.executor).await?)
    }

    /// Postbacks of a source that are due by a time, what is due first before the rest.
    ///
    /// * `until`: microseconds.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn due_source_postbacks(
        &self,
        source: &str,
        until: i64,
        limit: u64,
    ) -> Result<Vec<Model>, Error> {
        let found = Entity::find()
            .filter(Column::Source.eq(source))
            .filter(Column::DueAt.is_not_null())
            .filter(Column::DueAt.lte(until))
            .order_by_asc(Column::DueAt)
            .order_by_asc(Column::Id)
            .limit(limit);
        self.opened(found.all(&self.executor).await?).await
    }
}
