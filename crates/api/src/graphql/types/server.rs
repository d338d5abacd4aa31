//! The processes that serve from the database.

use async_graphql::Object;
use pointsman_history as history;

use crate::graphql::scalars::Timestamp;

/// A process that serves.
pub(in crate::graphql) struct Server(pub(in crate::graphql) history::Server);

/// A server process on this database, or one that ended and whose leads in progress were not taken over yet. Several
/// can serve from one PostgreSQL database.
#[Object]
impl Server {
    /// Name of the process: the setting `node`, or the machine and the port.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Number of its lease. Leads in progress belong to a lease.
    async fn lease(&self) -> String {
        self.0.lease.to_string()
    }

    /// Version of its program.
    async fn program(&self) -> &str {
        &self.0.program
    }

    /// Time of its start.
    async fn began_at(&self) -> Timestamp {
        self.0.began_at.into()
    }

    /// Time of its last renewal.
    async fn renewed_at(&self) -> Timestamp {
        self.0.renewed_at.into()
    }

    /// Time at which other servers may take over its leads in progress. On SQLite it is the time of its start: only
    /// one server can run, and the next one takes over.
    async fn expires_at(&self) -> Timestamp {
        self.0.expires_at.into()
    }

    /// Work that it does for all servers: `learner` computes the weights of bandits, `jobs` runs simulations.
    async fn duties(&self) -> &[String] {
        &self.0.duties
    }
}

/// What a server knows of bandits' arms.
pub(in crate::graphql) struct ArmState(pub(in crate::graphql) history::FoldHash);

/// All that trials, conversions and returns have taught of bandits' arms.
#[Object]
impl ArmState {
    /// Number in commit order that the server has come to.
    async fn number(&self) -> String {
        self.0.number.to_string()
    }

    /// Hash of it. `pointsman simulate --verify` prints the hash of what the stored decisions come to.
    async fn hash(&self) -> &str {
        &self.0.hash
    }
}
