//! Why the database did not do as asked.

use sea_orm::{ConnAcquireErr, DbErr, RuntimeErr, SqlErr, SqlxError};
use thiserror::Error;

/// Why the store could not open, read or write. Messages are fit for users; causes are for the log.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// A concurrent change: the row exists already, or has another revision than expected.
    #[error("{what} is not as expected; read it again and retry")]
    Conflict {
        /// What is in the way: a table, or the constraint that held.
        what: String,
    },
    /// The row, or one that it refers to, does not exist.
    #[error("there is no such {what}")]
    NotFound {
        /// A table, or what is missing in words.
        what: String,
    },
    /// Another process has this database for itself.
    #[error("another process owns this database; stop it, or open the database read-only")]
    Locked,
    /// Settings have changed since what was to be stored was made from them.
    #[error("the settings have changed meanwhile; read them again and retry")]
    Outdated,
    /// The database does not answer, is full, or is shutting down. Try again later.
    #[error("the database is not available")]
    Unavailable {
        /// What the driver said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// What is stored cannot be read back.
    #[error("the database is damaged: {what}")]
    Corrupt {
        /// What was found.
        what: String,
    },
    /// Keys are missing, or are not those that the database was sealed by.
    #[error("the keys are not those of this database: {what}")]
    Keys {
        /// Which, and what to do.
        what: String,
    },
    /// The tables are older or newer than this program.
    #[error("the database has another schema than this program: {what}")]
    Schema {
        /// Which migrations are missing where.
        what: String,
    },
    /// The URL is not one of a database that Pointsman knows.
    #[error("`{url}` is not a database; write sqlite://path/to/file or postgres://host/name")]
    Url {
        /// The URL without user and password.
        url: String,
    },
    /// A store opened to look on was asked to write.
    #[error("the database was opened read-only")]
    ReadOnly,
    /// A file beside the database could not be opened.
    #[error("cannot open `{path}`")]
    File {
        /// The file's path.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The database refused a statement: a mistake of ours.
    #[error("the database refused a statement")]
    Database {
        /// Its code for the reason, such as `22021`, where it has one.
        code: Option<String>,
        /// What the driver said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl Error {
    /// Whether the same may succeed later: nothing is wrong with what was asked for.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Unavailable { .. } | Self::Locked)
    }

    /// Whether no connection could be had in time.
    pub(crate) fn is_no_connection(&self) -> bool {
        let Self::Unavailable { source } = self else {
            return false;
        };
        let error = source.downcast_ref::<DbErr>();
        error
            .is_some_and(|error| matches!(error, DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)))
    }

    pub(crate) fn conflict(what: impl Into<String>) -> Self {
        Self::Conflict { what: what.into() }
    }

    pub(crate) fn not_found(what: impl Into<String>) -> Self {
        Self::NotFound { what: what.into() }
    }
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(message)) => {
                return Self::conflict(constraint(&message));
            }
            Some(SqlErr::ForeignKeyConstraintViolation(_)) => {
                return Self::not_found("row to refer to");
            }
            _ => {}
        }
        match &error {
            DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => Self::Unavailable {
                source: error.into(),
            },
            DbErr::Exec(RuntimeErr::SqlxError(cause))
            | DbErr::Query(RuntimeErr::SqlxError(cause)) => match Fault::of(cause) {
                Fault::Unavailable => Self::Unavailable {
                    source: error.into(),
                },
                Fault::Corrupt => Self::Corrupt {
                    what: cause.to_string(),
                },
                Fault::Mistake => Self::Database {
                    code: code_of(cause),
                    source: error.into(),
                },
            },
            DbErr::Type(what) | DbErr::Json(what) => Self::Corrupt { what: what.clone() },
            DbErr::TryIntoErr { .. } => Self::Corrupt {
                what: error.to_string(),
            },
            _ => Self::Database {
                code: None,
                source: error.into(),
            },
        }
    }
}

impl From<SqlxError> for Error {
    fn from(error: SqlxError) -> Self {
        match Fault::of(&error) {
            Fault::Unavailable => Self::Unavailable {
                source: error.into(),
            },
            Fault::Corrupt => Self::Corrupt {
                what: error.to_string(),
            },
            Fault::Mistake => Self::Database {
                code: code_of(&error),
                source: error.into(),
            },
        }
    }
}

fn code_of(error: &SqlxError) -> Option<String> {
    Some(error.as_database_error()?.code()?.into_owned())
}

/// What a driver's error asks for.
enum Fault {
    Unavailable,
    Corrupt,
    Mistake,
}

impl Fault {
    fn of(error: &SqlxError) -> Self {
        match error {
            SqlxError::Io(_)
            | SqlxError::Tls(_)
            | SqlxError::PoolTimedOut
            | SqlxError::PoolClosed
            | SqlxError::WorkerCrashed => Self::Unavailable,
            SqlxError::ColumnDecode { .. } | SqlxError::Decode(_) => Self::Corrupt,
            SqlxError::Database(error) => {
                let code = error.code().unwrap_or_default().into_owned();
                let sqlite = error
                    .try_downcast_ref::<sea_orm::SqlxSqliteError>()
                    .is_some();
                if sqlite {
                    Self::of_sqlite(&code)
                } else {
                    Self::of_postgres(&code)
                }
            }
            _ => Self::Mistake,
        }
    }

    /// See <https://www.sqlite.org/rescode.html>; the low byte is the primary code.
    fn of_sqlite(code: &str) -> Self {
        match code.parse::<u32>().map(|code| code & 0xff) {
            // Busy, locked, out of memory, read-only, interrupted, I/O, full, cannot open.
            Ok(5..=10 | 13 | 14) => Self::Unavailable,
            // Corrupt, not a database.
            Ok(11 | 26) => Self::Corrupt,
            _ => Self::Mistake,
        }
    }

    /// See <https://www.postgresql.org/docs/current/errcodes-appendix.html>; two letters are a class.
    fn of_postgres(code: &str) -> Self {
        match code.get(..2) {
            // Connection, wrong password, no such database, idle in transaction, read-only,
            // serialisation, resources, not in this state, operator, system.
            Some("08" | "28" | "3D" | "25" | "40" | "53" | "55" | "57" | "58") => Self::Unavailable,
            Some("XX") => Self::Corrupt,
            _ => Self::Mistake,
        }
    }
}

/// Names the constraint and nothing of the row: both databases put it last or in quotes.
fn constraint(message: &str) -> String {
    let name = message
        .split_once("failed: ")
        .map(|(_, columns)| columns)
        .or_else(|| message.split('"').nth(1));
    name.unwrap_or("row").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conflict_names_the_constraint_on_both_databases() {
        let sqlite = "UNIQUE constraint failed: lead.source, lead.idempotency_key";
        assert_eq!(constraint(sqlite), "lead.source, lead.idempotency_key");
        let postgres = r#"duplicate key value violates unique constraint "lead_pkey""#;
        assert_eq!(constraint(postgres), "lead_pkey");
    }

    #[test]
    fn messages_for_users_hold_no_sql() {
        let error = Error::from(DbErr::Custom("SELECT secret FROM lead".to_owned()));
        assert_eq!(error.to_string(), "the database refused a statement");
    }
}
