//! Why the engine does not start.

use thiserror::Error;

/// Why the engine does not start.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// The database.
    #[error("the database cannot be used")]
    Store(#[from] pointsman_store::Error),
    /// The HTTP client.
    #[error("no HTTP client")]
    Client(#[from] pointsman_delivery::Error),
    /// Something stored cannot be read by this release.
    #[error("{what} cannot be read")]
    Stored {
        /// Which row.
        what: String,
    },
}

impl From<pointsman_history::Error> for Error {
    fn from(error: pointsman_history::Error) -> Self {
        match error {
            pointsman_history::Error::Store(error) => Self::Store(error),
            pointsman_history::Error::Stored { what } => Self::Stored { what },
            other => Self::Stored {
                what: other.to_string(),
            },
        }
    }
}
