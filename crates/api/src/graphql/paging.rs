//! Relay connections over keyset cursors.

use async_graphql::{
    OutputType, Result,
    connection::{Connection, Edge},
};
use pointsman_history::{Page, Place};

use super::fault;

/// Default page size.
const FIRST_DEFAULT: i32 = 50;
/// Largest page size.
const FIRST_MAX: i32 = 100;
/// Which kind of cursor this is, so that another kind can follow.
const VERSION: &str = "1~";

/// What a client asks of a list.
#[derive(Debug, Clone)]
pub(super) struct Paging {
    pub(super) limit: u64,
    pub(super) after: Option<Place>,
}

impl Paging {
    pub(super) fn new(first: Option<i32>, after: Option<&str>) -> Result<Self> {
        let first = first.unwrap_or(FIRST_DEFAULT);
        if !(1..=FIRST_MAX).contains(&first) {
            return Err(fault::bad_input(format!(
                "`first` is {first}; it must be 1 to {FIRST_MAX}"
            )));
        }
        let read = |text: &str| {
            let place = text.strip_prefix(VERSION).and_then(Place::read);
            place.ok_or_else(|| fault::bad_input("`after` is not a cursor of this list"))
        };
        Ok(Self {
            limit: u64::from(first.unsigned_abs()),
            after: after.map(read).transpose()?,
        })
    }

    /// One page of a stored list.
    pub(super) fn of<T, N: OutputType>(
        &self,
        page: Page<T>,
        node: impl Fn(T) -> N,
    ) -> Connection<String, N> {
        let mut connection = Connection::new(self.after.is_some(), page.has_more);
        let entries = page.entries.into_iter();
        connection.edges = entries
            .map(|(place, entry)| Edge::new(text(&place), node(entry)))
            .collect();
        connection
    }

    /// One page of a list at hand, which is in the order of its keys.
    pub(super) fn of_list<T, N: OutputType>(
        &self,
        list: Vec<T>,
        key: impl Fn(&T) -> Place,
        node: impl Fn(T) -> N,
    ) -> Connection<String, N> {
        let is_later = |item: &T| self.after.as_ref().is_none_or(|after| key(item) > *after);
        let mut later = list.into_iter().filter(is_later);
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let items: Vec<T> = later.by_ref().take(limit).collect();
        let has_next = later.next().is_some();
        drop(later);
        let mut connection = Connection::new(self.after.is_some(), has_next);
        connection.edges = items
            .into_iter()
            .map(|item| {
                let cursor = text(&key(&item));
                Edge::new(cursor, node(item))
            })
            .collect();
        connection
    }
}

/// The place of something in a list that is sorted by name.
pub(super) fn by_name(name: &str) -> Place {
    Place::new(0, name)
}

/// The place of something in a list that is sorted by position.
pub(super) fn by_position(position: usize) -> Place {
    Place::new(i64::try_from(position).unwrap_or(i64::MAX), "")
}

/// More than any request may cost. What is counted stays below it: numbers that wrap around would be small.
const COST_MAX: usize = 1 << 40;

/// What a page costs: its entries, as often as it may hold them.
pub(super) fn cost(first: Option<i32>, of_one: usize) -> usize {
    let first = first.unwrap_or(FIRST_DEFAULT).clamp(1, FIRST_MAX);
    weigh(1, usize::try_from(first).unwrap_or(1), of_one)
}

/// What a field costs: something by itself, and its entries as often as there are likely to be.
pub(super) fn weigh(own: usize, n_entries: usize, of_one: usize) -> usize {
    of_one
        .saturating_mul(n_entries)
        .saturating_add(own)
        .min(COST_MAX)
}

fn text(place: &Place) -> String {
    format!("{VERSION}{place}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_have_bounds_and_cursors_are_read_back() {
        assert!(Paging::new(Some(0), None).is_err());
        assert!(Paging::new(Some(101), None).is_err());
        assert!(Paging::new(None, Some("nonsense")).is_err());
        let place = by_name("acme");
        assert_eq!(
            Paging::new(None, Some(&text(&place))).unwrap().after,
            Some(place)
        );
    }

    #[test]
    fn what_is_counted_never_wraps_around() {
        let deep = (0..40).fold(1, |of_one, _| cost(Some(100), of_one));
        assert_eq!(deep, COST_MAX);
        assert_eq!(weigh(200, usize::MAX, 2), COST_MAX);
        assert_eq!(weigh(1, 4, 10), 41);
    }

    #[test]
    fn a_list_at_hand_is_cut_into_pages() {
        let names = vec!["a", "b", "c"];
        let paging = Paging {
            limit: 2,
            after: Some(by_name("a")),
        };
        let page = paging.of_list(names.clone(), |name| by_name(name), ToOwned::to_owned);
        let shown: Vec<&String> = page.edges.iter().map(|edge| &edge.node).collect();
        assert_eq!(shown, ["b", "c"]);
        assert!(page.has_previous_page && !page.has_next_page);
        assert!(
            Paging {
                limit: 2,
                after: None
            }
            .of_list(names, |name| by_name(name), ToOwned::to_owned)
            .has_next_page
        );
    }
}
