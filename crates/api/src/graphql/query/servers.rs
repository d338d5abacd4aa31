//! Server processes.

use async_graphql::{Context, Object, Result};

use crate::{
    access::Right,
    graphql::{asking::Asking as _, fault::OrFault as _, types::server::Server},
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
}
