//! Top-level errors: faults, limits and missing rights, each with a code and without internals.

use async_graphql::{Error, ErrorExtensions as _, Response, ServerError};
use pointsman_engine::JobError;

/// No token, or an invalid one.
pub(super) const UNAUTHENTICATED: &str = "UNAUTHENTICATED";
/// A token without the permission.
pub(super) const FORBIDDEN: &str = "FORBIDDEN";
/// An invalid argument.
pub(super) const BAD_USER_INPUT: &str = "BAD_USER_INPUT";
/// A document that does not fit the schema, or exceeds a limit.
pub(super) const BAD_REQUEST: &str = "BAD_REQUEST";
/// The database does not answer.
pub(super) const UNAVAILABLE: &str = "UNAVAILABLE";
/// An internal error.
pub(super) const INTERNAL: &str = "INTERNAL";
/// It took too long.
pub(super) const TIMEOUT: &str = "TIMEOUT";

/// An error with a code that programs may match on.
pub(super) fn new(code: &'static str, message: impl Into<String>) -> Error {
    Error::new(message.into()).extend_with(|_, extensions| extensions.set("code", code))
}

/// An invalid argument.
pub(super) fn bad_input(message: impl Into<String>) -> Error {
    new(BAD_USER_INPUT, message)
}

/// Turns an error of a lower layer into a fault, and logs it.
pub(super) trait OrFault<T> {
    /// The value, or a fault.
    fn or_fault(self) -> Result<T, Error>;
}

impl<T> OrFault<T> for Result<T, pointsman_control::Error> {
    fn or_fault(self) -> Result<T, Error> {
        self.map_err(|error| match error {
            pointsman_control::Error::Stopping => unavailable(),
            error => of(&error, error.is_unavailable()),
        })
    }
}

impl<T> OrFault<T> for Result<T, pointsman_history::Error> {
    fn or_fault(self) -> Result<T, Error> {
        self.map_err(|error| of(&error, error.is_unavailable()))
    }
}

impl<T> OrFault<T> for Result<T, JobError> {
    fn or_fault(self) -> Result<T, Error> {
        self.map_err(|error| of(&error, error.is_unavailable()))
    }
}

impl<T> OrFault<T> for Result<T, serde_json::Error> {
    fn or_fault(self) -> Result<T, Error> {
        self.map_err(|error| {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "stored data cannot be read"
            );
            internal()
        })
    }
}

/// The fault for an error of a lower layer, which is logged.
fn of(error: &(dyn std::error::Error + 'static), is_unavailable: bool) -> Error {
    tracing::error!(error, "a request failed");
    if is_unavailable {
        unavailable()
    } else {
        internal()
    }
}

/// The database does not answer.
pub(super) fn unavailable() -> Error {
    new(UNAVAILABLE, "the database is unavailable; retry later")
}

/// Whether that is what an error says.
pub(super) fn is_unavailable(error: &Error) -> bool {
    let extensions = error.extensions.as_ref();
    let code = extensions.and_then(|extensions| extensions.get("code"));
    code == Some(&UNAVAILABLE.into())
}

/// An internal error, which the log explains.
pub(super) fn internal() -> Error {
    new(
        INTERNAL,
        "internal error; the server log has the cause under the id of this request",
    )
}

/// Gives the library's own errors a code; ours have one.
pub(super) fn name_all(response: &mut Response) {
    for error in &mut response.errors {
        let has_code = error
            .extensions
            .as_ref()
            .is_some_and(|extensions| extensions.get("code").is_some());
        if !has_code {
            let code = if error.path.is_empty() {
                BAD_REQUEST
            } else {
                BAD_USER_INPUT
            };
            set_code(error, code);
        }
    }
}

/// Gives an error a code.
pub(super) fn set_code(error: &mut ServerError, code: &'static str) {
    error.extensions.get_or_insert_default().set("code", code);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_database_said_stays_here() {
        let source = Box::new(std::io::Error::other("SELECT secret FROM lead"));
        let failed = pointsman_store::Error::Database { code: None, source };
        let failed: Result<(), _> = Err(pointsman_history::Error::from(failed));
        let shown = format!("{:?}", failed.or_fault().unwrap_err());
        assert!(shown.contains(INTERNAL), "{shown}");
        assert!(!shown.contains("SELECT"), "{shown}");
    }
}
