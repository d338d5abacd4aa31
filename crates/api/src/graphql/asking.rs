//! Who asks, what they may see, and where the answers come from.

use async_graphql::{Context, Result, dataloader::DataLoader};
use pointsman_service::{Platform, config::Principal};
use pointsman_store::Read;

use super::{fault, loaders::Rows};
use crate::access::Right;

/// What every resolver may ask of its context.
pub(super) trait Asking {
    /// The platform behind the state.
    fn platform(&self) -> Result<&Platform>;
    /// Who asks.
    fn principal(&self) -> Result<&Principal>;
    /// Rows, many at a time.
    fn rows(&self) -> Result<&DataLoader<Rows>>;

    /// Queries for what is stored.
    fn read(&self) -> Result<Read<'_>> {
        Ok(self.platform()?.store().read())
    }

    /// Refuses whoever may not do this.
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
    fn platform(&self) -> Result<&Platform> {
        self.data::<Platform>().map_err(|_| fault::internal())
    }

    fn principal(&self) -> Result<&Principal> {
        let nobody = |_| fault::new(fault::UNAUTHENTICATED, "send a token that is valid");
        self.data::<Principal>().map_err(nobody)
    }

    fn rows(&self) -> Result<&DataLoader<Rows>> {
        self.data::<DataLoader<Rows>>()
            .map_err(|_| fault::internal())
    }
}
