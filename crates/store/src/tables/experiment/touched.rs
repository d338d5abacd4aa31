//! The decisions to which something happened within a stretch of the commit order.

use std::collections::BTreeSet;

use sea_orm::{ConnectionTrait as _, Statement};

use crate::{Error, Read};

impl Read<'_> {
    /// The ids of the decisions that took a step, were answered or had a conversion, in no order that means anything.
    ///
    /// * `after`, `until`: numbers in commit order, the first excluded.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn decisions_touched(
        &self,
        after: i64,
        until: i64,
    ) -> Result<BTreeSet<String>, Error> {
        // Three seeks in three indexes.
        const SQL: &str = "SELECT decision_id FROM decision_step WHERE seq > $1 AND seq <= $2
             UNION SELECT decision_id FROM delivery WHERE settled_seq > $3 AND settled_seq <= $4
             UNION SELECT delivery.decision_id FROM conversion
                JOIN delivery ON delivery.id = conversion.delivery_id
                WHERE conversion.seq > $5 AND conversion.seq <= $6";
        let bounds = [after, until, after, until, after, until].map(sea_orm::Value::from);
        let statement = Statement::from_sql_and_values(self.backend(), SQL, bounds);
        let rows = self.executor.query_all_raw(statement).await?;
        let ids = rows.iter().map(|row| row.try_get("", "decision_id"));
        Ok(ids.collect::<Result<_, _>>()?)
    }
}
