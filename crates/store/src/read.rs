//! Reading what was committed, or what a transaction has done so far.

use sea_orm::{ConnectionTrait as _, DatabaseExecutor, DbBackend, Statement};

use crate::{Error, Order, keys::Keyring};

/// Queries. From [`Store::read`](crate::Store::read) they see what was committed last and wait for no
/// writer; from [`WriteTx::read`](crate::WriteTx::read) they see what the transaction did.
#[derive(Debug)]
pub struct Read<'a> {
    pub(crate) executor: DatabaseExecutor<'a>,
    pub(crate) keys: &'a Keyring,
}

impl Read<'_> {
    pub(crate) fn backend(&self) -> DbBackend {
        self.executor.get_database_backend()
    }

    /// Where the commit order has come to.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn order(&self) -> Result<Order, Error> {
        Order::read(&self.executor).await
    }

    /// The largest sequence number that any row has, 0 in a new database.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn max_seq(&self) -> Result<i64, Error> {
        // Each is the last entry of an index.
        const SQL: &str = "SELECT MAX(seq) AS seq
             FROM (
                 SELECT MAX(seq) AS seq FROM lead
                 UNION ALL SELECT MAX(started_seq) FROM decision
                 UNION ALL SELECT MAX(ended_seq) FROM decision
                 UNION ALL SELECT MAX(seq) FROM decision_step
                 UNION ALL SELECT MAX(reserved_seq) FROM delivery
                 UNION ALL SELECT MAX(settled_seq) FROM delivery
                 UNION ALL SELECT MAX(seq) FROM conversion
             ) AS last";
        let statement = Statement::from_string(self.backend(), SQL);
        let row = self.executor.query_one_raw(statement).await?;
        let seq: Option<i64> = row.map(|row| row.try_get("", "seq")).transpose()?.flatten();
        Ok(seq.unwrap_or(0))
    }
}
