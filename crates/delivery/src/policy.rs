//! The addresses that a destination may have.
//!
//! Targets are written by users, so a target must not reach into the network we run in. The check
//! sits in the name resolution of the connection itself: checking a name beforehand would leave
//! time for its address to change.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use thiserror::Error;
use url::{Host, Url};

/// A text that is not a range of addresses.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is not a network; write it like 10.0.0.0/8 or fd00::/8")]
pub struct NetworkError(String);

/// Reads a range of addresses such as `10.0.0.0/8` or `fd00::/8`, or one address alone.
///
/// # Errors
///
/// [`NetworkError`] for anything else.
pub fn read_network(text: &str) -> Result<IpNet, NetworkError> {
    let address = text.parse::<IpAddr>().map(IpNet::from);
    address
        .or_else(|_| text.parse())
        .map_err(|_| NetworkError(text.to_owned()))
}

/// The addresses that may be connected to: all public ones, and those that are allowed in addition.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Policy {
    /// Networks that are allowed although they are not public.
    pub allow: Vec<IpNet>,
}

impl Policy {
    /// Public addresses and nothing else.
    pub fn public_only() -> Self {
        Self::default()
    }

    /// Public addresses and this machine's own, for demos and tests.
    pub fn loopback_too() -> Self {
        Self {
            allow: vec![
                v4(127, 0, 0, 8),
                IpNet::from(IpAddr::from(Ipv6Addr::LOCALHOST)),
            ],
        }
    }

    /// Whether a connection to `ip` may be opened.
    pub fn allows(&self, ip: IpAddr) -> bool {
        // ::ffff:127.0.0.1 is 127.0.0.1 for the system, so it is for us.
        let ip = ip.to_canonical();
        self.allow.iter().any(|network| network.contains(&ip))
            || !NOT_PUBLIC.iter().any(|network| network.contains(&ip))
    }

    /// Whether surely no connection would be opened to what an address names: an IP that is not allowed, or this machine. Other
    /// names are known once they are looked up.
    pub fn forbids(&self, address: &str) -> bool {
        let Ok(url) = Url::parse(address) else {
            return false;
        };
        let is_allowed = match url.host() {
            Some(Host::Ipv4(ip)) => self.allows(ip.into()),
            Some(Host::Ipv6(ip)) => self.allows(ip.into()),
            Some(Host::Domain(name)) if is_this_machine(name) => {
                self.allows(Ipv4Addr::LOCALHOST.into()) || self.allows(Ipv6Addr::LOCALHOST.into())
            }
            Some(Host::Domain(_)) | None => true,
        };
        !is_allowed
    }
}

/// Whether a name is that of the machine itself, whatever is asked (RFC 6761).
fn is_this_machine(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    name == "localhost" || name.ends_with(".localhost")
}

const fn v4(a: u8, b: u8, c: u8, prefix_bits: u8) -> IpNet {
    IpNet::V4(Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, 0), prefix_bits))
}

const fn v6(a: u16, b: u16, c: u16, prefix_bits: u8) -> IpNet {
    IpNet::V6(Ipv6Net::new_assert(
        Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0),
        prefix_bits,
    ))
}

/// Address ranges that do not, or not surely, belong to public servers.
///
/// # Source
///
/// IANA, *IPv4 Special-Purpose Address Registry* and *IPv6 Special-Purpose Address Registry*.
const NOT_PUBLIC: [IpNet; 30] = [
    v4(0, 0, 0, 8),           // this network
    v4(10, 0, 0, 8),          // private
    v4(100, 64, 0, 10),       // shared by carriers
    v4(127, 0, 0, 8),         // loopback
    v4(169, 254, 0, 16),      // link-local, with the clouds' metadata services
    v4(172, 16, 0, 12),       // private
    v4(192, 0, 0, 24),        // protocol assignments
    v4(192, 0, 2, 24),        // documentation
    v4(192, 88, 99, 24),      // 6to4 relays
    v4(192, 168, 0, 16),      // private
    v4(198, 18, 0, 15),       // benchmarks
    v4(198, 51, 100, 24),     // documentation
    v4(203, 0, 113, 24),      // documentation
    v4(224, 0, 0, 4),         // multicast
    v4(240, 0, 0, 4),         // reserved, broadcast
    v6(0, 0, 0, 96),          // unspecified, loopback, IPv4-compatible
    v6(0x64, 0xff9b, 0, 96),  // IPv4 behind NAT64
    v6(0x64, 0xff9b, 1, 48),  // local NAT64
    v6(0x100, 0, 0, 64),      // discard
    v6(0x2001, 0, 0, 32),     // Teredo
    v6(0x2001, 2, 0, 48),     // benchmarks
    v6(0x2001, 0xdb8, 0, 32), // documentation
    v6(0x2002, 0, 0, 16),     // 6to4
    v6(0x3fff, 0, 0, 20),     // documentation
    v6(0x5f00, 0, 0, 16),     // segment routing
    v6(0xfc00, 0, 0, 7),      // private
    v6(0xfe80, 0, 0, 10),     // link-local
    v6(0xfec0, 0, 0, 10),     // site-local
    v6(0xff00, 0, 0, 8),      // multicast
    v6(0x2001, 0x10, 0, 28),  // ORCHID
];

#[cfg(test)]
mod tests;
