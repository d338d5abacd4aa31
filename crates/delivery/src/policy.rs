//! Which addresses a destination may have.
//!
//! Targets are written by users, so a target must not reach into the network we run in. The check
//! sits in the name resolution of the connection itself: checking a name beforehand would leave
//! time for its address to change.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    str::FromStr,
};

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A range of addresses, such as `10.0.0.0/8` or `fd00::/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Network {
    address: IpAddr,
    prefix_bits: u8,
}

/// A text that is not a range of addresses.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is not a network; write it like 10.0.0.0/8 or fd00::/8")]
pub struct NetworkError(String);

impl Network {
    const fn v4(a: u8, b: u8, c: u8, prefix_bits: u8) -> Self {
        Self {
            address: IpAddr::V4(Ipv4Addr::new(a, b, c, 0)),
            prefix_bits,
        }
    }

    const fn v6(a: u16, b: u16, c: u16, prefix_bits: u8) -> Self {
        Self {
            address: IpAddr::V6(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0)),
            prefix_bits,
        }
    }

    /// Whether `ip` lies in this range.
    pub fn contains(&self, ip: IpAddr) -> bool {
        match (self.address, ip) {
            (IpAddr::V4(own), IpAddr::V4(ip)) => {
                let shift = 32 - u32::from(self.prefix_bits);
                own.to_bits().checked_shr(shift) == ip.to_bits().checked_shr(shift)
            }
            (IpAddr::V6(own), IpAddr::V6(ip)) => {
                let shift = 128 - u32::from(self.prefix_bits);
                own.to_bits().checked_shr(shift) == ip.to_bits().checked_shr(shift)
            }
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = NetworkError;

    /// Reads an address with a prefix length, or an address alone.
    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let error = || NetworkError(text.to_owned());
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| error())?;
        let bits_max = if address.is_ipv4() { 32 } else { 128 };
        let prefix_bits = match prefix {
            Some(prefix) => prefix.parse().map_err(|_| error())?,
            None => bits_max,
        };
        if prefix_bits > bits_max {
            return Err(error());
        }
        Ok(Self {
            address,
            prefix_bits,
        })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.address, self.prefix_bits)
    }
}

impl TryFrom<String> for Network {
    type Error = NetworkError;

    fn try_from(text: String) -> Result<Self, NetworkError> {
        text.parse()
    }
}

impl From<Network> for String {
    fn from(network: Network) -> Self {
        network.to_string()
    }
}

/// Which addresses may be reached: all public ones, and what is allowed beside them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// Networks that are allowed although they are not public.
    pub allow: Vec<Network>,
}

impl Policy {
    /// Public addresses and nothing else.
    pub fn public_only() -> Self {
        Self::default()
    }

    /// Public addresses and this machine's own, for demos and tests.
    pub fn loopback_too() -> Self {
        let loopback_v6 = Network {
            address: IpAddr::V6(Ipv6Addr::LOCALHOST),
            prefix_bits: 128,
        };
        Self {
            allow: vec![Network::v4(127, 0, 0, 8), loopback_v6],
        }
    }

    /// Whether a connection to `ip` may be opened.
    pub fn allows(&self, ip: IpAddr) -> bool {
        // ::ffff:127.0.0.1 is 127.0.0.1 for the system, so it is for us.
        let ip = ip.to_canonical();
        self.allow.iter().any(|network| network.contains(ip))
            || !NOT_PUBLIC.iter().any(|network| network.contains(ip))
    }
}

/// Address ranges that are not, or not surely, somebody's public server.
///
/// # Source
///
/// IANA, *IPv4 Special-Purpose Address Registry* and *IPv6 Special-Purpose Address Registry*.
const NOT_PUBLIC: [Network; 30] = [
    Network::v4(0, 0, 0, 8),           // this network
    Network::v4(10, 0, 0, 8),          // private
    Network::v4(100, 64, 0, 10),       // shared by carriers
    Network::v4(127, 0, 0, 8),         // loopback
    Network::v4(169, 254, 0, 16),      // link-local, with the clouds' metadata services
    Network::v4(172, 16, 0, 12),       // private
    Network::v4(192, 0, 0, 24),        // protocol assignments
    Network::v4(192, 0, 2, 24),        // documentation
    Network::v4(192, 88, 99, 24),      // 6to4 relays
    Network::v4(192, 168, 0, 16),      // private
    Network::v4(198, 18, 0, 15),       // benchmarks
    Network::v4(198, 51, 100, 24),     // documentation
    Network::v4(203, 0, 113, 24),      // documentation
    Network::v4(224, 0, 0, 4),         // multicast
    Network::v4(240, 0, 0, 4),         // reserved, broadcast
    Network::v6(0, 0, 0, 96),          // unspecified, loopback, IPv4-compatible
    Network::v6(0x64, 0xff9b, 0, 96),  // IPv4 behind NAT64
    Network::v6(0x64, 0xff9b, 1, 48),  // local NAT64
    Network::v6(0x100, 0, 0, 64),      // discard
    Network::v6(0x2001, 0, 0, 32),     // Teredo
    Network::v6(0x2001, 2, 0, 48),     // benchmarks
    Network::v6(0x2001, 0xdb8, 0, 32), // documentation
    Network::v6(0x2002, 0, 0, 16),     // 6to4
    Network::v6(0x3fff, 0, 0, 20),     // documentation
    Network::v6(0x5f00, 0, 0, 16),     // segment routing
    Network::v6(0xfc00, 0, 0, 7),      // private
    Network::v6(0xfe80, 0, 0, 10),     // link-local
    Network::v6(0xfec0, 0, 0, 10),     // site-local
    Network::v6(0xff00, 0, 0, 8),      // multicast
    Network::v6(0x2001, 0x10, 0, 28),  // ORCHID
];

#[cfg(test)]
mod tests;
