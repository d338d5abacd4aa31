//! Long lists, a page at a time.

use std::fmt;

use pointsman_store::{Cursor, Keyed};

/// A place in a list that is sorted by a number and then by a text. It names a key and not a position, so a page
/// after it neither skips nor repeats an entry when others come or go.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place(Cursor);

impl Place {
    /// The place of an entry with this key.
    ///
    /// * `at`: a time in microseconds, or another number.
    /// * `id`: what orders entries of an equal number; empty if there are none.
    pub fn new(at: i64, id: impl Into<String>) -> Self {
        Self(Cursor { at, id: id.into() })
    }

    /// The place whose text form this is; `None` for other texts.
    pub fn read(text: &str) -> Option<Self> {
        text.parse().ok().map(Self)
    }

    /// The place as the database seeks by it.
    pub fn cursor(&self) -> &Cursor {
        &self.0
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, formatter)
    }
}

/// Some entries of a longer list.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// The entries with their places, in the order of the list.
    pub entries: Vec<(Place, T)>,
    /// Whether the list goes on after them.
    pub has_more: bool,
}

impl<T> Page<T> {
    /// A page of stored rows, each read by `entry`.
    ///
    /// # Errors
    ///
    /// The first error of `entry`.
    pub fn of<R: Keyed, E>(
        rows: pointsman_store::Page<R>,
        entry: impl Fn(R) -> Result<T, E>,
    ) -> Result<Self, E> {
        let has_more = rows.next.is_some();
        let entries = rows.items.into_iter().map(|row| {
            let place = Place(row.cursor());
            Ok((place, entry(row)?))
        });
        Ok(Self {
            entries: entries.collect::<Result<_, E>>()?,
            has_more,
        })
    }

    /// The entries that are wanted. The page may be shorter then than it was asked to be.
    #[must_use]
    pub fn only(mut self, is_wanted: impl Fn(&T) -> bool) -> Self {
        self.entries.retain(|(_, entry)| is_wanted(entry));
        self
    }
}
