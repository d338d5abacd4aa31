//! Clocks that a person has accepted, although later times were stored.

use sea_orm::{
    ConnectionTrait as _, IntoActiveModel as _, Statement, entity::prelude::*,
    sea_query::OnConflict,
};

use crate::{Error, Read, WriteTx};

/// A clock that a person has accepted.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "accepted_clock")]
pub struct Model {
    /// The last number in commit order that was given out before.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    /// The time stored with it, microseconds.
    pub stored_at: i64,
    /// What the clock showed that was accepted, microseconds.
    pub accepted_at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What was stored last, in commit order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastMoment {
    /// Its number in commit order.
    pub seq: i64,
    /// Its time, microseconds.
    pub at: i64,
}

impl WriteTx {
    /// Notes that a clock was accepted, in the place of one that was accepted before for the same moment.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn accept_clock(&self, accepted: Model) -> Result<(), Error> {
        let or_update = OnConflict::column(Column::Seq)
            .update_columns([Column::StoredAt, Column::AcceptedAt])
            .to_owned();
        Entity::insert(accepted.into_active_model())
            .on_conflict(or_update)
            .exec_without_returning(&self.tx)
            .await?;
        Ok(())
    }
}

impl Read<'_> {
    /// The last step, settlement or conversion in commit order, with its time; none in a new database.
    ///
    /// Its time need not be the latest of all: clocks step back.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn last_moment(&self) -> Result<Option<LastMoment>, Error> {
        // Each is the last entry of an index.
        const SQL: &str = "SELECT seq, at
             FROM (
                 SELECT seq, at FROM (
                     SELECT seq, at FROM decision_step ORDER BY seq DESC LIMIT 1
                 ) AS step
                 UNION ALL SELECT seq, at FROM (
                     SELECT settled_seq AS seq, settled_at AS at FROM delivery
                     WHERE settled_seq IS NOT NULL ORDER BY settled_seq DESC LIMIT 1
                 ) AS settled
                 UNION ALL SELECT seq, at FROM (
                     SELECT seq, received_at AS at FROM conversion ORDER BY seq DESC LIMIT 1
                 ) AS reported
             ) AS last
             ORDER BY seq DESC LIMIT 1";
        let statement = Statement::from_string(self.backend(), SQL);
        let Some(row) = self.executor.query_one_raw(statement).await? else {
            return Ok(None);
        };
        Ok(Some(LastMoment {
            seq: row.try_get("", "seq")?,
            at: row.try_get("", "at")?,
        }))
    }

    /// The clock that was accepted after a number in commit order, if one was.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn accepted_clock(&self, seq: i64) -> Result<Option<Model>, Error> {
        Ok(Entity::find_by_id(seq).one(&self.executor).await?)
    }
}
