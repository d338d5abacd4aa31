//! The order of all transactions: one row, which is locked by whoever gives out numbers, and the commit log, which says
//! what became of a commit whose answer was lost.

use std::{
    hash::{BuildHasher as _, RandomState},
    process,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, Statement};

use crate::{Error, session::Session};

/// Longest wait between two questions to a database that does not answer.
const ASK_AGAIN_MAX: Duration = Duration::from_secs(1);
/// About as much as a lead and its rows take.
const BALLAST_BYTES: usize = 32 * 1024;
/// Version of the rows of the commit log. Processes of another version must not write beside this one.
pub(crate) const FORMAT: i64 = 1;

/// Where the order of all transactions has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    /// The last number that was given out.
    pub number: i64,
    /// The number of the last transaction that changed what leads are routed by, or who may send them.
    pub revision: i64,
    /// The time by the clock of a database that several processes share, microseconds; absent on `SQLite`.
    pub now: Option<i64>,
}

impl Order {
    /// The time by the clock of the database, or else by the clock of this machine; microseconds.
    pub fn time(&self) -> i64 {
        self.now.unwrap_or_else(|| {
            let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH);
            i64::try_from(since_epoch.unwrap_or_default().as_micros()).unwrap_or(i64::MAX)
        })
    }

    /// Reads it; it may have gone on before the caller looks at it.
    pub(crate) async fn read(connection: &impl ConnectionTrait) -> Result<Self, Error> {
        const POSTGRES: &str = "SELECT number, revision,
                (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS now
             FROM commit_order WHERE id = 1";
        const SQLITE: &str = "SELECT number, revision, NULL AS now FROM commit_order WHERE id = 1";
        Self::query(connection, SQLITE, POSTGRES).await
    }

    /// Reads it in a transaction that nobody else can go on from until it ends.
    pub(crate) async fn lock(tx: &DatabaseTransaction) -> Result<Self, Error> {
        // The clock is read after the lock was waited for.
        const POSTGRES: &str = "WITH locked AS MATERIALIZED (
                SELECT number, revision FROM commit_order WHERE id = 1 FOR UPDATE
             )
             SELECT number, revision,
                (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS now
             FROM locked";
        // The transaction itself is the lock.
        const SQLITE: &str = "SELECT number, revision, NULL AS now FROM commit_order WHERE id = 1";
        Self::query(tx, SQLITE, POSTGRES).await
    }

    async fn query(
        connection: &impl ConnectionTrait,
        sqlite: &'static str,
        postgres: &'static str,
    ) -> Result<Self, Error> {
        let backend = connection.get_database_backend();
        let sql = match backend {
            DbBackend::Postgres => postgres,
            _ => sqlite,
        };
        let row = connection
            .query_one_raw(Statement::from_string(backend, sql))
            .await?;
        let row = row.ok_or_else(gone)?;
        Ok(Self {
            number: row.try_get("", "number")?,
            revision: row.try_get("", "revision")?,
            now: row.try_get("", "now")?,
        })
    }
}

/// Refuses a database whose commit log is of another version.
pub(crate) async fn require_format(connection: &impl ConnectionTrait) -> Result<(), Error> {
    let sql = "SELECT format FROM commit_order WHERE id = 1";
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let row = connection.query_one_raw(statement).await?;
    let format: i64 = row.ok_or_else(gone)?.try_get("", "format")?;
    if format == FORMAT {
        return Ok(());
    }
    Err(Error::Schema {
        what: format!("its commit log has format {format}, and this program writes {FORMAT}"),
    })
}

fn gone() -> Error {
    Error::Corrupt {
        what: "the row of the commit order is gone".to_owned(),
    }
}

/// Makes up names for the transactions of this process that no other process makes up.
#[derive(Debug)]
pub(crate) struct Names {
    process: String,
    n_given: u64,
}

impl Names {
    pub(crate) fn new() -> Self {
        // Keys of the standard library's hashes are random, and process numbers are not the same on one machine.
        let random = RandomState::new().hash_one(process::id());
        Self {
            process: format!("{random:016x}-{}", process::id()),
            n_given: 0,
        }
    }

    pub(crate) fn next(&mut self) -> String {
        self.n_given += 1;
        format!("{}-{}", self.process, self.n_given)
    }
}

/// Moves the order on, in the transaction that has locked it.
pub(crate) async fn advance(tx: &DatabaseTransaction, to: Order) -> Result<(), Error> {
    let statement = Statement::from_sql_and_values(
        tx.get_database_backend(),
        "UPDATE commit_order SET number = $1, revision = $2 WHERE id = 1",
        [to.number.into(), to.revision.into()],
    );
    tx.execute_raw(statement).await?;
    Ok(())
}

/// Writes as much as a lead takes and empties it again: fails where a lead could not be stored.
pub(crate) async fn try_room(tx: &DatabaseTransaction) -> Result<(), Error> {
    let backend = tx.get_database_backend();
    let fill = "UPDATE commit_order SET ballast = $1 WHERE id = 1";
    let ballast = "x".repeat(BALLAST_BYTES);
    let fill = Statement::from_sql_and_values(backend, fill, [ballast.into()]);
    tx.execute_raw(fill).await?;
    tx.execute_unprepared("UPDATE commit_order SET ballast = NULL WHERE id = 1")
        .await?;
    Ok(())
}

/// Whether a transaction was committed whose answer was lost, by the database itself; however
/// long it takes until the database can be asked.
///
/// * `before`: the last number before it.
/// * `lost`: what its commit answered.
///
/// # Errors
///
/// `lost` if it was not committed, or if the store is closed before that is known.
pub(crate) async fn outcome(
    session: &Session,
    before: i64,
    name: &str,
    lost: Error,
) -> Result<(), Error> {
    let mut wait = Duration::from_millis(20);
    loop {
        match ask(session, before, name).await {
            Ok(true) => return Ok(()),
            Ok(false) => return Err(lost),
            Err(_) if session.is_closing() => return Err(lost),
            // It goes on being asked: nothing else can be written before that is known.
            Err(_) => {}
        }
        session.pause(wait).await;
        wait = (wait * 2).min(ASK_AGAIN_MAX);
    }
}

/// Whether the log has a transaction of this name after a number. The order is locked first, which waits for a
/// connection on which that transaction is still being committed.
async fn ask(session: &Session, before: i64, name: &str) -> Result<bool, Error> {
    let tx = session.begin().await?;
    let looked = session.within(async {
        Order::lock(&tx).await?;
        let sql = "SELECT number FROM commit_log WHERE number > $1 AND batch = $2 LIMIT 1";
        let statement = Statement::from_sql_and_values(
            tx.get_database_backend(),
            sql,
            [before.into(), name.into()],
        );
        Ok(tx.query_one_raw(statement).await?.is_some())
    });
    let found = looked.await?;
    // Nothing was written; dropping it would undo as well.
    let _ = session.within(async { Ok(tx.rollback().await?) }).await;
    Ok(found)
}
