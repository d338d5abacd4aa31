//! The processes that serve from a database.

use pointsman_lead::Timestamp;
use pointsman_store::LeaseRow;

use super::handle::History;
use crate::Error;

/// A process that serves, or has served and left leads in progress that nobody has taken over yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// How it is called.
    pub name: String,
    /// Number of its lease: leads in progress belong to a lease.
    pub lease: i64,
    /// Version of its program.
    pub program: String,
    /// When it began. Like the two times below by the clock of a PostgreSQL database, or else by its machine's.
    pub began_at: Timestamp,
    /// When it last showed that it is there.
    pub renewed_at: Timestamp,
    /// When others may take over what it has in progress. A process that serves from a file alone does not renew:
    /// the next one takes over.
    pub expires_at: Timestamp,
    /// The work that it does for all: `learner`, `jobs`.
    pub duties: Vec<String>,
}

impl Server {
    fn of(row: LeaseRow, duties: &[(String, i64)]) -> Self {
        let own = duties.iter().filter(|(_, lease)| *lease == row.number);
        Self {
            duties: own.map(|(name, _)| name.clone()).collect(),
            name: row.node,
            lease: row.number,
            program: row.program,
            began_at: Timestamp(row.began_at),
            renewed_at: Timestamp(row.renewed_at),
            expires_at: Timestamp(row.expires_at),
        }
    }
}

impl History {
    /// The processes whose leads nobody has taken over, the oldest first.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn servers(&self) -> Result<Vec<Server>, Error> {
        let rows = self.rows();
        let duties = rows.duties().await?;
        let leases = rows.open_leases().await?.into_iter();
        Ok(leases.map(|row| Server::of(row, &duties)).collect())
    }
}
