//! Answers that came after another process had taken their lead over.

use sea_orm::{ConnectionTrait as _, FromQueryResult as _, Statement};

use super::Model;
use crate::{Error, Read, WriteTx};

/// What the finding of an offer begins with whose destination accepted it after its lead had been taken over by another
/// process.
pub const LATE_ACCEPTANCE: &str = "accepted after the lead was taken over";

impl WriteTx {
    /// Adds a finding to a delivery, after those that it has.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn add_finding(&self, id: &str, finding: &str) -> Result<(), Error> {
        let statement = Statement::from_sql_and_values(
            self.read().backend(),
            "UPDATE delivery
             SET finding = CASE WHEN finding IS NULL THEN $1 ELSE finding || '; ' || $2 END
             WHERE id = $3",
            [finding.into(), finding.into(), id.into()],
        );
        self.tx.execute_raw(statement).await?;
        Ok(())
    }
}

impl Read<'_> {
    /// Offers that were accepted after their lead had been taken over, although another destination has accepted it
    /// too; at most `limit`. Reads all deliveries.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn double_sales(&self, limit: u64) -> Result<Vec<Model>, Error> {
        let statement = Statement::from_sql_and_values(
            self.backend(),
            "SELECT late.* FROM delivery AS late
             WHERE late.finding LIKE $1 AND EXISTS (
                SELECT 1 FROM delivery AS other
                WHERE other.lead_id = late.lead_id AND other.id <> late.id
                    AND (other.state = 'accepted' OR other.finding LIKE $2)
             )
             ORDER BY late.reserved_seq LIMIT $3",
            [
                format!("%{LATE_ACCEPTANCE}%").into(),
                format!("%{LATE_ACCEPTANCE}%").into(),
                i64::try_from(limit).unwrap_or(i64::MAX).into(),
            ],
        );
        let rows = self.executor.query_all_raw(statement).await?;
        let rows = rows.iter().map(|row| Model::from_query_result(row, ""));
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
