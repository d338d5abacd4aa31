//! What a program means, by version: each stays runnable, so that stored decisions can be made again.

/// Version of what a program means. A decision is reproducible only under the version it was
/// made with; it stands beside the flow hash, not inside it.
pub const SEMANTICS_VERSION: u32 = Semantics::CURRENT.version();

/// How a program draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Semantics {
    /// One point a draw, which falls into the share of an arm; drawn again where that arm may not be
    /// taken. Sticky splits draw by the value as it was sent. Salts and keys count for nothing.
    V1,
    /// A weighted rendezvous: a score an arm, and the smallest wins. Sticky splits draw by the keyed
    /// hash of the value in the normal form of its kind.
    V2,
}

impl Semantics {
    /// What is published now.
    pub const CURRENT: Self = Self::V2;

    /// Its number, as decisions store it.
    pub const fn version(self) -> u32 {
        match self {
            Self::V1 => 1,
            Self::V2 => 2,
        }
    }

    /// The semantics of a stored number; `None` for one of a later release.
    pub fn of_version(version: i64) -> Option<Self> {
        [Self::V1, Self::V2]
            .into_iter()
            .find(|semantics| i64::from(semantics.version()) == version)
    }
}
