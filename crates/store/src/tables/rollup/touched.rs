//! The decisions about which something was stored within a stretch of the commit order.

use std::collections::BTreeSet;

use sea_orm::{ConnectionTrait as _, Statement};

use crate::{Error, Read};

impl Read<'_> {
    /// The ids of the decisions that began, took a step, offered, were answered, ended or had a conversion.
    ///
    /// Each of these has a number of its own, and a stretch may end between two numbers of one transaction.
    ///
    /// * `after`, `until`: numbers in commit order, the first excluded.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn decisions_numbered(
        &self,
        after: i64,
        until: i64,
    ) -> Result<BTreeSet<String>, Error> {
        // A seek in an index each.
        const SQL: &str = "SELECT decision.id AS id FROM lead
                JOIN decision ON decision.lead_id = lead.id
                WHERE lead.seq > $1 AND lead.seq <= $2
             UNION SELECT id FROM decision WHERE ended_seq > $3 AND ended_seq <= $4
             UNION SELECT decision_id FROM decision_step WHERE seq > $5 AND seq <= $6
             UNION SELECT decision_id FROM delivery
                WHERE reserved_seq > $7 AND reserved_seq <= $8
             UNION SELECT decision_id FROM delivery
                WHERE settled_seq > $9 AND settled_seq <= $10
             UNION SELECT delivery.decision_id FROM conversion
                JOIN delivery ON delivery.id = conversion.delivery_id
                WHERE conversion.seq > $11 AND conversion.seq <= $12";
        let bounds = [after, until]
            .repeat(6)
            .into_iter()
            .map(sea_orm::Value::from);
        let statement = Statement::from_sql_and_values(self.backend(), SQL, bounds);
        let rows = self.executor.query_all_raw(statement).await?;
        let ids = rows.iter().map(|row| row.try_get("", "id"));
        Ok(ids.collect::<Result<_, _>>()?)
    }

    /// The ids of the decisions of leads that were received within a time.
    ///
    /// * `from`, `until`: microseconds, half-open.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn decisions_received(&self, from: i64, until: i64) -> Result<Vec<String>, Error> {
        const SQL: &str = "SELECT decision.id AS id FROM lead
             JOIN decision ON decision.lead_id = lead.id
             WHERE lead.received_at >= $1 AND lead.received_at < $2";
        let bounds = [from, until].map(sea_orm::Value::from);
        let statement = Statement::from_sql_and_values(self.backend(), SQL, bounds);
        let rows = self.executor.query_all_raw(statement).await?;
        let ids = rows.iter().map(|row| row.try_get("", "id"));
        Ok(ids.collect::<Result<_, _>>()?)
    }

    /// When the first lead was received after a time, microseconds.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn first_received(&self, after: i64) -> Result<Option<i64>, Error> {
        const SQL: &str = "SELECT MIN(received_at) AS at FROM lead WHERE received_at > $1";
        let statement = Statement::from_sql_and_values(self.backend(), SQL, [after.into()]);
        let row = self.executor.query_one_raw(statement).await?;
        let at = row.map(|row| row.try_get("", "at"));
        Ok(at.transpose()?.flatten())
    }
}
