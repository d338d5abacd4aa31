//! What bandits have learned, from the beginning of history on.

use pointsman_bandit::State;
use pointsman_store::Store;

use crate::{Error, Progress, StoredWalks};

/// The arm state that all of history amounts to. Test leads teach nothing.
///
/// # Errors
///
/// [`Error::Store`]; [`pointsman_store::Error::Corrupt`] names a row that cannot be read.
pub async fn rebuild(store: &Store) -> Result<State, Error> {
    let mut progress = Progress::new("arms", store.read().max_seq().await?);
    let mut walks = StoredWalks::new(store.read());
    let mut state = State::default();
    while let Some(page) = walks.next_page(|_| true).await? {
        for walk in page.iter().filter(|walk| !walk.lead.is_test) {
            for observation in walk.rows.replay()?.1 {
                state.apply(&observation);
            }
        }
        progress.at(walks.after());
    }
    Ok(state)
}
