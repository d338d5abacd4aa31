//! The texts of statements for many rows, each made once.

use std::{
    collections::HashMap,
    sync::{LazyLock, Mutex, PoisonError},
};

use sea_orm::DbBackend;

/// Texts by statement and number of rows. Few: there are few statements and few sizes.
static TEXTS: LazyLock<Mutex<HashMap<(Text, usize), String>>> = LazyLock::new(Mutex::default);

/// Which statement it is, for any number of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Text {
    is_sqlite: bool,
    pub(super) table: &'static str,
    /// What an update sets and what it adds to; an insert does neither.
    set: &'static [&'static str],
    add: &'static [&'static str],
}

impl Text {
    pub(super) fn insert(backend: DbBackend, table: &'static str) -> Self {
        Self::update(backend, table, &[], &[])
    }

    pub(super) fn update(
        backend: DbBackend,
        table: &'static str,
        set: &'static [&'static str],
        add: &'static [&'static str],
    ) -> Self {
        Self {
            is_sqlite: backend == DbBackend::Sqlite,
            table,
            set,
            add,
        }
    }

    /// The text for this number of rows.
    ///
    /// * `make`: makes it, the first time.
    pub(super) fn of(self, size: usize, make: impl FnOnce() -> String) -> String {
        let mut texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
        texts.entry((self, size)).or_insert_with(make).clone()
    }
}

/// The places of values: rows of so many.
///
/// On SQLite they have no numbers. A numbered one has a name, and the driver asks for the name of each place when it
/// binds a value: a search through all names before it.
pub(super) fn places(size: usize, width: usize, backend: DbBackend) -> String {
    let place = |number: usize| match backend {
        DbBackend::Sqlite => "?".to_owned(),
        _ => format!("${number}"),
    };
    let rows = (0..size).map(|row| {
        let places: Vec<String> = (1..=width).map(|n| place(row * width + n)).collect();
        format!("({})", places.join(", "))
    });
    rows.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_numbered_where_numbers_cost_nothing() {
        assert_eq!(places(2, 2, DbBackend::Postgres), "($1, $2), ($3, $4)");
        assert_eq!(places(2, 2, DbBackend::Sqlite), "(?, ?), (?, ?)");
    }
}
