//! What the newest snapshot and the commit log after it say of bandits' arms, held against what the stored decisions come to.

use pointsman_bandit::State;
use pointsman_store::Store;

use crate::{Error, FoldHash, Folded, rebuild};

/// What the stored decisions come to, and whether the newest snapshot with the log after it comes to something else.
#[derive(Debug)]
pub(super) struct ComparedArms {
    pub(super) rebuilt: FoldHash,
    pub(super) differs: bool,
}

/// Compares them; `None` where somebody writes meanwhile.
pub(super) async fn compare(store: &Store) -> Result<Option<ComparedArms>, Error> {
    let before = store.read().order().await?.number;
    let stored = Folded::<State>::latest_or_whole(store.read()).await?;
    let fold = rebuild(store).await?;
    if store.read().order().await?.number != before {
        return Ok(None);
    }
    let differs = fold != stored.fold;
    let number = stored.number;
    let rebuilt = Folded { fold, number }.hash();
    Ok(Some(ComparedArms { rebuilt, differs }))
}
