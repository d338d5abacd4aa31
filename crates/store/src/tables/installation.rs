//! What a database has one of: the key of its hashes.
//!
//! There is no row type: a key that is never part of a row is never part of its `Debug` either.

use sea_orm::{ConnectionTrait as _, Statement};

use crate::{Error, Read, WriteTx};

impl WriteTx {
    /// Stores the key of the hashes of sticky values unless there is one, and gives the one that counts.
    ///
    /// * `hash_key`: hex digits, from a generator that nobody can predict.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn keep_hash_key(&self, hash_key: &str) -> Result<String, Error> {
        let statement = Statement::from_sql_and_values(
            self.tx.get_database_backend(),
            "INSERT INTO installation (id, hash_key) VALUES (1, $1) ON CONFLICT (id) DO NOTHING",
            [hash_key.into()],
        );
        self.tx.execute_raw(statement).await?;
        let kept = self.read().hash_key().await?;
        kept.ok_or_else(|| Error::Corrupt {
            what: "the row with the key of this database cannot be written".to_owned(),
        })
    }
}

impl WriteTx {
    /// Keeps a key for the hashes of persons unless there is one, and gives the one that is there.
    ///
    /// # Errors
    ///
    /// [`Error::Corrupt`] in a database that was never started, and [`Error::Unavailable`].
    pub async fn keep_person_key(&self, key: &str) -> Result<String, Error> {
        let statement = Statement::from_sql_and_values(
            self.tx.get_database_backend(),
            "UPDATE installation SET person_key = $1 WHERE id = 1 AND person_key IS NULL",
            [key.into()],
        );
        self.tx.execute_raw(statement).await?;
        let kept = self.read().person_key().await?;
        kept.ok_or_else(|| Error::Corrupt {
            what: "the row with the keys of this database is not there".to_owned(),
        })
    }
}

impl Read<'_> {
    /// The key of the hashes of persons; none before the first of them was made.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn person_key(&self) -> Result<Option<String>, Error> {
        let statement = Statement::from_string(
            self.backend(),
            "SELECT person_key FROM installation WHERE id = 1",
        );
        let row = self.executor.query_one_raw(statement).await?;
        let key = row.map(|row| row.try_get::<Option<String>>("", "person_key"));
        Ok(key.transpose()?.flatten())
    }

    /// The key of the hashes of sticky values; none in a database that was never started.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub async fn hash_key(&self) -> Result<Option<String>, Error> {
        let statement = Statement::from_string(
            self.backend(),
            "SELECT hash_key FROM installation WHERE id = 1",
        );
        let row = self.executor.query_one_raw(statement).await?;
        Ok(row.map(|row| row.try_get("", "hash_key")).transpose()?)
    }
}
