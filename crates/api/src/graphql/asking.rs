//! What resolvers take from the context: principal, permissions, platform, data loaders.

use std::sync::Arc;

use async_graphql::{Context, Result, dataloader::DataLoader};
use pointsman_control::{Control, Principal};
use pointsman_engine::Engine;
use pointsman_history::History;

use super::{fault, loaders::Batches};
use crate::{ApiOptions, access::Right};

/// What every resolver may ask of its context.
pub(super) trait Asking {
    /// What takes leads.
    fn engine(&self) -> Result<&Engine>;
    /// What people configure.
    fn control(&self) -> Result<&Control>;
    /// Who asks.
    fn principal(&self) -> Result<&Principal>;
    /// How the server is run.
    fn options(&self) -> Result<&ApiOptions>;
    /// Entries by their keys, many at a time.
    fn batches(&self) -> Result<&DataLoader<Batches>>;

    /// What was decided so far.
    fn history(&self) -> Result<History> {
        Ok(self.engine()?.history())
    }

    /// The principal, if it has the permission.
    fn require(&self, right: Right) -> Result<&Principal> {
        let principal = self.principal()?;
        if right.is_of(principal.role) {
            return Ok(principal);
        }
        Err(fault::new(
            fault::FORBIDDEN,
            format!("this requires {}", right.words()),
        ))
    }
}

impl Asking for Context<'_> {
    fn engine(&self) -> Result<&Engine> {
        self.data::<Engine>().map_err(|_| fault::internal())
    }

    fn control(&self) -> Result<&Control> {
        self.data::<Control>().map_err(|_| fault::internal())
    }

    fn principal(&self) -> Result<&Principal> {
        let unauthenticated = |_| fault::new(fault::UNAUTHENTICATED, "send a token that is valid");
        self.data::<Principal>().map_err(unauthenticated)
    }

    fn options(&self) -> Result<&ApiOptions> {
        let options = self.data::<Arc<ApiOptions>>();
        options.map(Arc::as_ref).map_err(|_| fault::internal())
    }

    fn batches(&self) -> Result<&DataLoader<Batches>> {
        self.data::<DataLoader<Batches>>()
            .map_err(|_| fault::internal())
    }
}
