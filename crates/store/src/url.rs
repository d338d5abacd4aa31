//! Where a database is: which engine an address names, and how a wrong one is shown.

use crate::Error;

/// Which of the two databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Backend {
    Sqlite,
    Postgres,
}

impl Backend {
    /// The engine that an address names.
    ///
    /// # Errors
    ///
    /// [`Error::Url`].
    pub(crate) fn of(url: &str) -> Result<Self, Error> {
        match url.split_once(':') {
            Some(("sqlite", _)) => Ok(Self::Sqlite),
            Some(("postgres" | "postgresql", _)) => Ok(Self::Postgres),
            _ => Err(url_error(url)),
        }
    }
}

/// An error without the password.
pub(crate) fn url_error(url: &str) -> Error {
    let url = match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://…@{host}"),
        _ => url.to_owned(),
    };
    Error::Url { url }
}
