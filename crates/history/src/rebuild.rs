//! What bandits have learned, from the beginning of history on.

use std::collections::BTreeMap;

use pointsman_bandit::{BanditKey, Observation, SEGMENTS_MAX, State};
use pointsman_store::Store;

use crate::{Error, Progress, StoredWalks};

/// Segments by the first number in commit order that taught something of them.
type FirstNumbers = BTreeMap<BanditKey, i64>;

/// The arm state that all of history amounts to. Test leads teach nothing.
///
/// Walks are read in the order of their decisions, and what they teach came in another. That matters for one thing alone: which
/// segments of a node are counted apart. So where a node has more than are, a second reading follows, which knows the first
/// that came.
///
/// # Errors
///
/// [`Error::Store`]; [`pointsman_store::Error::Corrupt`] names a row that cannot be read.
pub async fn rebuild(store: &Store) -> Result<State, Error> {
    let mut state = State::default();
    let mut first = FirstNumbers::new();
    read(store, |number, observation| {
        state.apply(observation);
        let key = observation.key();
        match first.get_mut(key) {
            Some(known) => *known = number.min(*known),
            None => {
                first.insert(key.clone(), number);
            }
        }
    })
    .await?;
    let Some(admitted) = admitted(first) else {
        return Ok(state);
    };
    let mut state = State::default();
    for key in &admitted {
        state.admit(key);
    }
    read(store, |_, observation| state.apply(observation)).await?;
    Ok(state)
}

/// The segments that are counted apart, in the order in which they came, if a node has more than that.
fn admitted(first: FirstNumbers) -> Option<Vec<BanditKey>> {
    let mut sizes: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for key in first.keys() {
        *sizes.entry((&key.flow, &key.node)).or_default() += 1;
    }
    if sizes.values().all(|size| *size <= SEGMENTS_MAX) {
        return None;
    }
    let mut in_order: Vec<(i64, BanditKey)> = first.into_iter().map(|(key, n)| (n, key)).collect();
    in_order.sort();
    Some(in_order.into_iter().map(|(_, key)| key).collect())
}

/// Reads all of history, with the number in commit order of each observation.
async fn read(store: &Store, mut take: impl FnMut(i64, &Observation)) -> Result<(), Error> {
    let mut progress = Progress::new("arms", store.read().max_seq().await?);
    let mut walks = StoredWalks::new(store.read());
    while let Some(page) = walks.next_page(|_| true).await? {
        for walk in page.iter().filter(|walk| !walk.lead.is_test) {
            for (number, observation) in walk.rows.replay()?.1 {
                take(number, &observation);
            }
        }
        progress.at(walks.after());
    }
    Ok(())
}
