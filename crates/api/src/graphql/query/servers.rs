//! Server processes.

use async_graphql::{Context, Object, Result};

use crate::{
    access::Right,
    graphql::{
        asking::Asking as _,
        fault::OrFault as _,
        types::server::{ArmState, Server},
    },
};

/// The query of server processes.
#[derive(Debug, Default)]
pub(crate) struct ServerQuery;

#[Object]
impl ServerQuery {
    /// Server processes on this database, oldest first.
    #[graphql(complexity = "10 + 10 * child_complexity")]
    async fn servers(&self, context: &Context<'_>) -> Result<Vec<Server>> {
        context.require(Right::Read)?;
        let servers = context.history()?.servers().await.or_fault()?;
        Ok(servers.into_iter().map(Server).collect())
    }

    /// What the server that answers knows of bandits' arms. Servers that have come to the same number in commit order know
    /// the same.
    #[graphql(complexity = 1_000)]
    async fn arm_state(&self, context: &Context<'_>) -> Result<ArmState> {
        context.require(Right::Read)?;
        Ok(ArmState(context.engine()?.learner().state_hash()))
    }
}
