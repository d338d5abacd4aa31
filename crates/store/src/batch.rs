//! Many rows in one statement, in few sizes.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend,
    EntityName as _, EntityTrait, IdenStatic, IntoActiveModel, Iterable as _, QueryFilter as _,
    Statement, Value,
};

use crate::Error;

mod texts;

pub(crate) mod added;

use texts::{Text, places};

/// Rows in one statement. Few sizes, so that a prepared statement is there already for each; and powers of two, so that
/// any number of rows takes few statements.
const SIZES: [usize; 9] = [256, 128, 64, 32, 16, 8, 4, 2, 1];
/// Keys in one question.
const KEYS: [usize; 4] = [256, 64, 16, 1];

/// How many values a statement may bind.
fn values_max(backend: DbBackend) -> usize {
    match backend {
        DbBackend::Postgres => 65_535,
        _ => 32_766,
    }
}

/// Cuts `len` rows of `width` values into statements.
fn sizes(len: usize, width: usize, values_max: usize) -> impl Iterator<Item = usize> {
    let mut rest = len;
    std::iter::from_fn(move || {
        let size = SIZES
            .into_iter()
            .find(|size| *size <= rest && size * width <= values_max)?;
        rest -= size;
        Some(size)
    })
}

/// Inserts rows in the order given.
///
/// The text of a statement is made once, and not by the query builder for each batch.
pub(crate) async fn insert<M, A>(tx: &DatabaseTransaction, rows: Vec<M>) -> Result<(), Error>
where
    M: IntoActiveModel<A> + Send,
    A: ActiveModelTrait + Send,
{
    let backend = tx.get_database_backend();
    let columns: Vec<_> = <A::Entity as EntityTrait>::Column::iter().collect();
    let names: Vec<&'static str> = columns.iter().map(IdenStatic::as_str).collect();
    let text = Text::insert(backend, A::Entity::default().table_name());
    let sizes = sizes(rows.len(), columns.len(), values_max(backend));
    let mut rows = rows.into_iter();
    for size in sizes {
        let mut values: Vec<Value> = Vec::with_capacity(size * columns.len());
        for row in rows.by_ref().take(size) {
            let mut row = row.into_active_model();
            let cells = columns.iter().map(|column| row.take(*column).into_value());
            values.extend(cells.flatten());
        }
        let sql = text.of(size, || insert_sql(text.table, &names, size, backend));
        let statement = Statement::from_sql_and_values(backend, sql, values);
        tx.execute_raw(statement).await?;
    }
    Ok(())
}

fn insert_sql(table: &str, columns: &[&str], size: usize, backend: DbBackend) -> String {
    let names: Vec<String> = columns.iter().map(|name| format!("\"{name}\"")).collect();
    let (names, rows) = (names.join(", "), places(size, columns.len(), backend));
    format!("INSERT INTO {table} ({names}) VALUES {rows}")
}

/// Which columns of a table a batch of changes sets, and by which it finds its rows.
pub(crate) struct Change {
    pub(crate) table: &'static str,
    pub(crate) key: &'static [&'static str],
    pub(crate) set: &'static [&'static str],
    /// Columns to which a number is added.
    pub(crate) add: &'static [&'static str],
}

impl Change {
    /// Changes one row for each list of values: first the key, then what to set, then what to add.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if a key has no row; roll back then.
    pub(crate) async fn apply(
        &self,
        tx: &DatabaseTransaction,
        rows: Vec<Vec<Value>>,
    ) -> Result<(), Error> {
        let backend = tx.get_database_backend();
        let width = self.key.len() + self.set.len() + self.add.len();
        let text = Text::update(backend, self.table, self.set, self.add);
        let sizes = sizes(rows.len(), width, values_max(backend));
        let mut rows = rows.into_iter();
        for size in sizes {
            let values: Vec<Value> = rows.by_ref().take(size).flatten().collect();
            let sql = text.of(size, || self.sql(size, backend));
            let statement = Statement::from_sql_and_values(backend, sql, values);
            let changed = tx.execute_raw(statement).await?.rows_affected();
            if usize::try_from(changed) != Ok(size) {
                return Err(Error::not_found(self.table));
            }
        }
        Ok(())
    }

    fn sql(&self, size: usize, backend: DbBackend) -> String {
        let Self {
            table,
            key,
            set,
            add,
        } = self;
        let width = key.len() + set.len() + add.len();
        let set_to = (key.len() + 1..)
            .zip(*set)
            .map(|(n, column)| format!("{column} = change.column{n}"));
        let added = (key.len() + set.len() + 1..)
            .zip(*add)
            .map(|(n, column)| format!("{column} = {table}.{column} + change.column{n}"));
        let assignments = set_to.chain(added).collect::<Vec<_>>().join(", ");
        let matches = (1..)
            .zip(*key)
            .map(|(n, column)| format!("{table}.{column} = change.column{n}"))
            .collect::<Vec<_>>()
            .join(" AND ");
        let rows = places(size, width, backend);
        format!("UPDATE {table} SET {assignments} FROM (VALUES {rows}) AS change WHERE {matches}")
    }
}

/// The rows whose `column` is one of `keys`, in no order.
pub(crate) async fn find_in<E: EntityTrait>(
    connection: &impl ConnectionTrait,
    column: E::Column,
    keys: &[String],
) -> Result<Vec<E::Model>, Error> {
    let mut found = Vec::with_capacity(keys.len());
    for chunk in keys.chunks(KEYS[0]) {
        let padded = padded(chunk, KEYS).map(String::as_str);
        found.append(
            &mut E::find()
                .filter(column.is_in(padded))
                .all(connection)
                .await?,
        );
    }
    Ok(found)
}

/// Repeats the last key up to one of few lengths, for the sake of prepared statements.
pub(crate) fn padded<T>(keys: &[T], sizes: [usize; 4]) -> impl Iterator<Item = &T> {
    let len = sizes
        .into_iter()
        .rev()
        .find(|size| *size >= keys.len())
        .unwrap_or(keys.len());
    keys.iter()
        .chain(std::iter::repeat_n(keys.last(), len).flatten())
        .take(len)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_cut_into_few_sizes_within_the_cap() {
        let cut = |len, width| sizes(len, width, 32_766).collect::<Vec<_>>();
        assert_eq!(cut(0, 16), Vec::<usize>::new());
        assert_eq!(cut(19, 16), [16, 2, 1]);
        assert_eq!(cut(337, 16), [256, 64, 16, 1]);
        assert_eq!(cut(256, 200), [128, 128]);
    }

    #[test]
    fn keys_are_padded_to_few_lengths() {
        let lengths: Vec<usize> = [1, 2, 16, 17, 256]
            .map(|len| padded(&vec![7; len], KEYS).count())
            .to_vec();
        assert_eq!(lengths, [1, 16, 16, 64, 256]);
    }

    #[test]
    fn a_change_names_each_value_once() {
        let change = Change {
            table: "lead",
            key: &["id"],
            set: &["status"],
            add: &["revenue"],
        };
        assert_eq!(
            change.sql(2, DbBackend::Postgres),
            "UPDATE lead SET status = change.column2, revenue = lead.revenue + change.column3 \
             FROM (VALUES ($1, $2, $3), ($4, $5, $6)) AS change WHERE lead.id = change.column1"
        );
    }

    #[test]
    fn an_insert_names_its_columns() {
        assert_eq!(
            insert_sql("lead", &["id", "seq"], 2, DbBackend::Sqlite),
            r#"INSERT INTO lead ("id", "seq") VALUES (?, ?), (?, ?)"#
        );
    }
}
