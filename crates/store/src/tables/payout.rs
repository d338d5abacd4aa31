//! What sources are paid for leads, stored beside the work.

use sea_orm::{ConnectionTrait as _, Statement, entity::prelude::*};

use crate::{Error, Read, WriteTx, batch};

/// What a source is paid for a lead, or what is taken back of that.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payout")]
pub struct Model {
    /// The lead.
    #[sea_orm(primary_key, auto_increment = false)]
    pub lead_id: String,
    /// The number in commit order of what it is paid for.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    /// What it is paid for: `lead`, `sold`, `sale` or `share`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
    /// The source.
    pub source: String,
    /// When that was stored, microseconds.
    pub at: i64,
    /// Micro-units; negative for what is taken back.
    pub amount: i64,
    /// ISO 4217.
    pub currency: String,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl WriteTx {
    /// Stores what came of a stretch of the commit order, with the number that it was followed to; `false`, and nothing is
    /// stored, if it was known up to another number than `from`.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] if one of them is stored, [`Error::Unavailable`].
    pub async fn add_payouts(
        &self,
        (from, to): (i64, i64),
        payouts: Vec<Model>,
    ) -> Result<bool, Error> {
        let statement = Statement::from_sql_and_values(
            self.read().backend(),
            "UPDATE payout_progress SET folded_seq = $1 WHERE folded_seq = $2",
            [to.into(), from.into()],
        );
        if self.tx.execute_raw(statement).await?.rows_affected() != 1 {
            return Ok(false);
        }
        batch::insert(&self.tx, payouts).await?;
        Ok(true)
    }
}

impl Read<'_> {
    /// The number in commit order up to which payouts are stored.
    ///
    /// # Errors
    ///
    /// [`Error::Corrupt`] without the row, [`Error::Unavailable`].
    pub async fn payout_progress(&self) -> Result<i64, Error> {
        let sql = "SELECT folded_seq FROM payout_progress WHERE id = 1";
        let statement = Statement::from_string(self.backend(), sql);
        let row = self.executor.query_one_raw(statement).await?;
        let row = row.ok_or_else(|| Error::Corrupt {
            what: "the row of the progress of payouts is gone".to_owned(),
        })?;
        Ok(row.try_get("", "folded_seq")?)
    }
}
