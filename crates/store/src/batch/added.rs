//! Many rows that are inserted, or added to those that are there.

use sea_orm::{ConnectionTrait as _, DatabaseTransaction, DbBackend, Statement, Value};

use super::{
    sizes,
    texts::{Text, places},
    values_max,
};
use crate::Error;

/// A table of sums.
pub(crate) struct Sums {
    pub(crate) table: &'static str,
    pub(crate) key: &'static [&'static str],
    pub(crate) added: &'static [&'static str],
}

impl Sums {
    /// Adds to the row of each key, which begins with zeros where there is none. A list of values each: the key, then
    /// what to add. No key comes twice.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`].
    pub(crate) async fn add(
        &self,
        tx: &DatabaseTransaction,
        rows: Vec<Vec<Value>>,
    ) -> Result<(), Error> {
        let backend = tx.get_database_backend();
        let width = self.key.len() + self.added.len();
        let text = Text::update(backend, self.table, self.key, self.added);
        let sizes = sizes(rows.len(), width, values_max(backend));
        let mut rows = rows.into_iter();
        for size in sizes {
            let values: Vec<Value> = rows.by_ref().take(size).flatten().collect();
            let sql = text.of(size, || self.sql(size, backend));
            tx.execute_raw(Statement::from_sql_and_values(backend, sql, values))
                .await?;
        }
        Ok(())
    }

    fn sql(&self, size: usize, backend: DbBackend) -> String {
        let Self {
            table,
            key,
            added: sums,
        } = self;
        let added = sums
            .iter()
            .map(|column| format!("{column} = {table}.{column} + excluded.{column}"));
        format!(
            "INSERT INTO {table} ({}, {}) VALUES {} ON CONFLICT ({}) DO UPDATE SET {}",
            key.join(", "),
            sums.join(", "),
            places(size, key.len() + sums.len(), backend),
            key.join(", "),
            added.collect::<Vec<_>>().join(", "),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_inserted_or_added() {
        let sums = Sums {
            table: "rollup",
            key: &["hour", "flow"],
            added: &["leads"],
        };
        assert_eq!(
            sums.sql(1, DbBackend::Postgres),
            "INSERT INTO rollup (hour, flow, leads) VALUES ($1, $2, $3) ON CONFLICT (hour, flow) \
             DO UPDATE SET leads = rollup.leads + excluded.leads"
        );
    }
}
