//! What bandits have learned, from the beginning of history on.

use std::collections::{BTreeMap, BTreeSet};

use pointsman_bandit::State;
use pointsman_store::Store;

use crate::{Error, History};

/// Decisions read at once.
const PAGE: u64 = 500;

/// The arm state that all of history amounts to.
///
/// # Errors
///
/// [`Error::Store`]; [`pointsman_store::Error::Corrupt`] names a row that cannot be read.
pub async fn rebuild(store: &Store) -> Result<State, Error> {
    let read = store.read();
    let mut state = State::default();
    let mut after = 0;
    loop {
        let decisions = read.decisions_in_order(after, PAGE).await?;
        let Some(last) = decisions.last() else {
            return Ok(state);
        };
        after = last.started_seq;
        let decision_ids: Vec<String> = decisions
            .iter()
            .map(|decision| decision.id.clone())
            .collect();
        let lead_ids: Vec<String> = decisions
            .iter()
            .map(|decision| decision.lead_id.clone())
            .collect();
        let tests: BTreeSet<String> = read
            .leads_by_id(&lead_ids)
            .await?
            .into_iter()
            .filter(|lead| lead.is_test)
            .map(|lead| lead.id)
            .collect();
        let mut histories: BTreeMap<String, History> = decisions
            .iter()
            .filter(|decision| !tests.contains(&decision.lead_id))
            .map(|decision| {
                (
                    decision.id.clone(),
                    History {
                        flow: decision.flow.clone(),
                        ..History::default()
                    },
                )
            })
            .collect();
        for step in read.steps_of_decisions(&decision_ids).await? {
            if let Some(history) = histories.get_mut(&step.decision_id) {
                history.steps.push(step);
            }
        }
        let deliveries = read.deliveries_of_leads(&lead_ids).await?;
        let ids: Vec<String> = deliveries
            .iter()
            .map(|delivery| delivery.id.clone())
            .collect();
        let decision_of: BTreeMap<String, String> = deliveries
            .iter()
            .map(|delivery| (delivery.id.clone(), delivery.decision_id.clone()))
            .collect();
        for delivery in deliveries {
            if let Some(history) = histories.get_mut(&delivery.decision_id) {
                history.deliveries.push(delivery);
            }
        }
        for row in read.conversions_of_deliveries(&ids).await? {
            if let Some(history) = decision_of
                .get(&row.delivery_id)
                .and_then(|id| histories.get_mut(id))
            {
                history.conversions.push(row);
            }
        }
        for history in histories.values() {
            for observation in history.replay()?.1 {
                state.apply(&observation);
            }
        }
    }
}
