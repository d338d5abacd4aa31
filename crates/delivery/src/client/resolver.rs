//! Name resolution that yields allowed addresses only.

use std::{io, net::SocketAddr, sync::Arc};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use thiserror::Error;
use url::{Host, Url};

use crate::{NotSent, Policy};

/// The system's resolver behind a policy.
#[derive(Debug, Clone)]
pub(super) struct Resolver {
    policy: Arc<Policy>,
}

/// Why a name leads nowhere. [`super::failure`] finds it among the causes of a failed request.
#[derive(Debug, Error)]
pub(super) enum Fault {
    #[error("no address of this name is allowed")]
    Blocked,
    #[error("this name has no address")]
    NoAddress(#[source] Option<io::Error>),
}

impl Resolver {
    pub(super) fn new(policy: Arc<Policy>) -> Self {
        Self { policy }
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let policy = Arc::clone(&self.policy);
        Box::pin(async move {
            // Port 0: the connection puts the address's own port in.
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0))
                .await
                .map_err(|error| Fault::NoAddress(Some(error)))?
                .collect();
            if found.is_empty() {
                return Err(Fault::NoAddress(None).into());
            }
            let mut allowed = found;
            allowed.retain(|address| policy.allows(address.ip()));
            if allowed.is_empty() {
                return Err(Fault::Blocked.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// The host of an address, unless it is a literal that the policy forbids: literals are connected
/// to without asking any resolver.
pub(super) fn allowed_host(policy: &Policy, url: &Url) -> Result<String, NotSent> {
    let host = url.host_str().unwrap_or_default().to_owned();
    let is_allowed = match url.host() {
        Some(Host::Ipv4(ip)) => policy.allows(ip.into()),
        Some(Host::Ipv6(ip)) => policy.allows(ip.into()),
        Some(Host::Domain(_)) => true,
        None => false,
    };
    if is_allowed {
        Ok(host)
    } else {
        Err(NotSent::Blocked { host })
    }
}
