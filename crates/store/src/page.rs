//! Long lists, a page at a time.

use std::{fmt, str::FromStr};

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoSimpleExpr as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, QueryTrait as _, Select,
    sea_query::{Expr, ExprTrait as _, Query},
};
use thiserror::Error;

use crate::Error;

/// The place of a row in a list that is sorted by a number and then by a text.
///
/// It names a key and not a position, so a page after it neither skips nor repeats a row when others
/// come or go. Text form: `1700000000000000~lead_0190…`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor {
    /// The first part of the key: a time in microseconds, an epoch or a number.
    pub at: i64,
    /// The second part, which orders rows of the same time; empty if times are unique.
    pub id: String,
}

/// A text that is not a cursor.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is not a cursor; pass one on as it came")]
pub struct CursorError(String);

impl fmt::Display for Cursor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}~{}", self.at, self.id)
    }
}

impl FromStr for Cursor {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Self, CursorError> {
        text.split_once('~')
            .and_then(|(at, id)| {
                Some(Self {
                    at: at.parse().ok()?,
                    id: id.to_owned(),
                })
            })
            .ok_or_else(|| CursorError(text.to_owned()))
    }
}

/// Some rows of a longer list.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// The rows, in the order of the list.
    pub items: Vec<T>,
    /// Where the next page starts; absent on the last page.
    pub next: Option<Cursor>,
}

/// A row with a place in a list.
pub trait Keyed {
    /// Its place.
    fn cursor(&self) -> Cursor;
}

impl<T: Keyed> Page<T> {
    /// Cuts off the row beyond the page that was asked for to learn whether there is one.
    fn of(mut items: Vec<T>, limit: u64) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(Keyed::cursor);
        Self { items, next }
    }
}

/// A page of `select` by (`at`, `id`), the largest first.
pub(crate) async fn newest_first<E>(
    connection: &impl ConnectionTrait,
    select: Select<E>,
    (at, id): (E::Column, E::Column),
    after: Option<&Cursor>,
    limit: u64,
) -> Result<Page<E::Model>, Error>
where
    E: EntityTrait,
    E::Model: Keyed,
{
    let select = match after {
        // A row value, and not `at < ? OR at = ? AND id < ?`, which SQLite would not seek by.
        Some(after) => select.filter(
            Expr::tuple([at.into_simple_expr(), id.into_simple_expr()])
                .lt(Expr::tuple([after.at.into(), after.id.clone().into()])),
        ),
        None => select,
    };
    let rows = select
        .order_by_desc(at)
        .order_by_desc(id)
        .limit(limit.saturating_add(1))
        .all(connection)
        .await?;
    Ok(Page::of(rows, limit))
}

/// A page of `select` by a column that no two rows share, the largest first.
pub(crate) async fn largest_first<E>(
    connection: &impl ConnectionTrait,
    select: Select<E>,
    at: E::Column,
    after: Option<&Cursor>,
    limit: u64,
) -> Result<Page<E::Model>, Error>
where
    E: EntityTrait,
    E::Model: Keyed,
{
    let select = match after {
        Some(after) => select.filter(at.lt(after.at)),
        None => select,
    };
    let rows = select
        .order_by_desc(at)
        .limit(limit.saturating_add(1))
        .all(connection)
        .await?;
    Ok(Page::of(rows, limit))
}

/// The next rows of `select` after a sequence number, in commit order.
pub(crate) async fn in_order<E: EntityTrait>(
    connection: &impl ConnectionTrait,
    select: Select<E>,
    seq: E::Column,
    after_seq: i64,
    limit: u64,
) -> Result<Vec<E::Model>, Error> {
    let rows = select
        .filter(seq.gt(after_seq))
        .order_by_asc(seq)
        .limit(limit)
        .all(connection)
        .await?;
    Ok(rows)
}

/// How many rows `select` has, counted up to a number: a list without end is not read to its end.
pub(crate) async fn count_to<E: EntityTrait>(
    connection: &impl ConnectionTrait,
    select: Select<E>,
    id: E::Column,
    max: u64,
) -> Result<u64, Error> {
    let some = select.select_only().column(id).limit(max).into_query();
    let count = Query::select()
        .expr_as(Expr::cust("COUNT(*)"), "n")
        .from_subquery(some, "some")
        .take();
    let row = connection.query_one(&count).await?;
    let n: i64 = match row {
        Some(row) => row.try_get("", "n")?,
        None => 0,
    };
    Ok(u64::try_from(n).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_back_as_written() {
        let cursor = Cursor {
            at: -7,
            id: "a~b".to_owned(),
        };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        assert!("7".parse::<Cursor>().is_err());
        assert!("x~y".parse::<Cursor>().is_err());
    }
}
