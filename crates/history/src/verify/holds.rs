//! The table of duplicates, held against what the decisions come to.

use pointsman_ledger::{HoldKey, Holds};
use pointsman_store::Read;

use crate::Error;

/// Keys that are not held in the database as the decisions have it.
pub(super) async fn wrong_holds(read: &Read<'_>, computed: &Holds) -> Result<u64, Error> {
    const PAGE: u64 = 1_000;
    let (mut n_wrong, mut n_stored, mut after) = (0, 0, None);
    loop {
        let page = read.holds_after(after.as_ref(), PAGE).await?;
        let Some(last) = page.last() else {
            break;
        };
        after = Some((last.scope.clone(), last.hash.clone()));
        for row in page {
            n_stored += 1;
            let key = HoldKey {
                scope: row.scope,
                hash: row.hash,
            };
            let hold = computed.get(&key);
            let is_same = hold
                .is_some_and(|hold| hold.lead.to_string() == row.lead_id && hold.at.0 == row.at);
            n_wrong += u64::from(!is_same);
        }
    }
    let n_computed = computed.iter().count() as u64;
    // What is computed and not stored is missing.
    Ok(n_wrong + n_computed.saturating_sub(n_stored))
}
