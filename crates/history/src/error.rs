//! Why the past cannot be read.

use thiserror::Error;

use crate::ClockBehind;

/// Why the past cannot be read, or nothing may be added to it.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// The database.
    #[error("the database cannot be used")]
    Store(#[from] pointsman_store::Error),
    /// The clock lies far behind what was stored last: caps, schedules and breakers would be wrong by
    /// one of the two.
    #[error("{0}; if the clock is right, start once with `pointsman serve --accept-clock`")]
    Clock(ClockBehind),
    /// Something stored cannot be read by this release.
    #[error("{what} cannot be read")]
    Stored {
        /// Which row.
        what: String,
    },
    /// The system gives no random bytes, without which a database gets no key of its own.
    #[error("the system gives no random bytes")]
    Random(#[from] rand::rngs::SysError),
    /// More is asked for than a process that takes leads should hold.
    #[error("{0}")]
    TooLarge(String),
}

impl Error {
    /// Whether the database does not answer, so that the same may succeed later.
    pub fn is_unavailable(&self) -> bool {
        matches!(
            self,
            Self::Store(pointsman_store::Error::Unavailable { .. })
        )
    }
}
