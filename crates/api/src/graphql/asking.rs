//! What resolvers take from the context: principal, permissions, platform, rows.

use async_graphql::{Context, Result, dataloader::DataLoader};
use pointsman_control::{Control, Principal};
use pointsman_engine::Engine;
use pointsman_store::Read;

use super::{fault, loaders::Rows};
use crate::access::Right;

/// What every resolver may ask of its context.
pub(super) trait Asking {
    /// What takes leads.
    fn engine(&self) -> Result<&Engine>;
    /// What people configure.
    fn control(&self) -> Result<&Control>;
    /// Who asks.
    fn principal(&self) -> Result<&Principal>;
    /// Rows, many at a time.
    fn rows(&self) -> Result<&DataLoader<Rows>>;

    /// Queries for what is stored.
    fn read(&self) -> Result<Read<'_>> {
        Ok(self.engine()?.store().read())
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

    fn rows(&self) -> Result<&DataLoader<Rows>> {
        self.data::<DataLoader<Rows>>()
            .map_err(|_| fault::internal())
    }
}
