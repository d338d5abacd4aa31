//! Finds out what became of a commit whose answer was lost: one row names the last transaction.
//!
//! Each transaction first writes its own name over the one before. A process that finds another name than it
//! left there has been overtaken by another one; and a process that does not know whether its commit
//! arrived reads the row again.

use std::{
    process,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, Statement};

use crate::{Error, session::Session};

/// Longest wait between two questions to a database that does not answer.
const ASK_AGAIN_MAX: Duration = Duration::from_secs(1);
/// About as much as a lead and its rows take.
const BALLAST_BYTES: usize = 32 * 1024;

/// The names of transactions, behind the write lock.
#[derive(Debug)]
pub(crate) struct Names {
    /// Identifies this process among all that ever wrote.
    process: String,
    n_given: u64,
    /// What the row holds.
    pub(crate) last: String,
}

impl Names {
    /// Reads what the last owner left.
    pub(crate) async fn read(connection: &impl ConnectionTrait) -> Result<Self, Error> {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH);
        let started = since_epoch.unwrap_or_default().as_nanos();
        Ok(Self {
            process: format!("{started}-{}", process::id()),
            n_given: 0,
            last: last_name(connection, "").await?,
        })
    }

    /// Writes a new name over the last one, and gives it.
    ///
    /// # Errors
    ///
    /// [`Error::Overtaken`] if the row holds another name than was left there.
    pub(crate) async fn write_next(&mut self, tx: &DatabaseTransaction) -> Result<String, Error> {
        self.n_given += 1;
        let name = format!("{}-{}", self.process, self.n_given);
        let statement = Statement::from_sql_and_values(
            tx.get_database_backend(),
            "UPDATE last_commit SET name = $1 WHERE id = 1 AND name = $2",
            [name.clone().into(), self.last.clone().into()],
        );
        match tx.execute_raw(statement).await?.rows_affected() {
            1 => Ok(name),
            _ => Err(Error::Overtaken),
        }
    }
}

/// Writes as much as a lead takes and empties it again: fails where a lead could not be stored.
pub(crate) async fn try_room(tx: &DatabaseTransaction) -> Result<(), Error> {
    let backend = tx.get_database_backend();
    let fill = "UPDATE last_commit SET ballast = $1 WHERE id = 1";
    let ballast = "x".repeat(BALLAST_BYTES);
    let fill = Statement::from_sql_and_values(backend, fill, [ballast.into()]);
    tx.execute_raw(fill).await?;
    tx.execute_unprepared("UPDATE last_commit SET ballast = NULL WHERE id = 1")
        .await?;
    Ok(())
}

/// Whether a transaction was committed whose answer was lost, by the database itself; however
/// long it takes until the database can be asked.
///
/// * `before`: what the row held before it.
/// * `lost`: what its commit answered.
///
/// # Errors
///
/// `lost` if it was not committed, or if the store is closed before that is known;
/// [`Error::Overtaken`] if another process has written since.
pub(crate) async fn outcome(
    session: &Session,
    before: &str,
    name: &str,
    lost: Error,
) -> Result<(), Error> {
    let mut wait = Duration::from_millis(20);
    loop {
        match ask(session).await {
            Ok(found) if found == name => return Ok(()),
            Ok(found) if found == before => return Err(lost),
            Ok(_) => return Err(Error::Overtaken),
            Err(_) if session.is_closing() => return Err(lost),
            // It goes on being asked: nothing else can be written before that is known.
            Err(_) => {}
        }
        session.pause(wait).await;
        wait = (wait * 2).min(ASK_AGAIN_MAX);
    }
}

/// Reads the row on a session that may write. On PostgreSQL that session owns the database, so the
/// one before it has ended; and the row is locked, so that no transaction on it is still under way.
async fn ask(session: &Session) -> Result<String, Error> {
    let tx = session.begin().await?;
    let lock = match tx.get_database_backend() {
        DbBackend::Postgres => " FOR UPDATE",
        _ => "",
    };
    let found = session.within(last_name(&tx, lock)).await?;
    // Nothing was written; dropping it would undo as well.
    let _ = session.within(async { Ok(tx.rollback().await?) }).await;
    Ok(found)
}

async fn last_name(connection: &impl ConnectionTrait, lock: &str) -> Result<String, Error> {
    let statement = Statement::from_string(
        connection.get_database_backend(),
        format!("SELECT name FROM last_commit WHERE id = 1{lock}"),
    );
    let row = connection.query_one_raw(statement).await?;
    let row = row.ok_or_else(|| Error::Corrupt {
        what: "the row that names the last transaction is gone".to_owned(),
    })?;
    Ok(row.try_get("", "name")?)
}
