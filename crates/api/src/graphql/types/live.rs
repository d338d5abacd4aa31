//! What is told of things that are followed and have no type of their own.

use async_graphql::SimpleObject;
use pointsman_control::SettingsChange;
use pointsman_history::NewLeads as Counted;

use crate::graphql::scalars::Timestamp;

/// What a page of leads has beside the leads.
#[derive(SimpleObject)]
pub(in crate::graphql) struct LeadPosition {
    /// Position up to which all leads were looked at; `newLeads` counts those that come after it.
    pub(in crate::graphql) position: String,
}

/// How many leads came in.
#[derive(SimpleObject)]
pub(in crate::graphql) struct NewLeads {
    /// Number of leads that match, at most 1,000.
    count: u64,
    /// Whether there are more than that.
    is_more: bool,
    /// The position from which they are counted: a subscription with it as `since` goes on where this one ended.
    position: String,
}

impl NewLeads {
    /// * `since`: the number in commit order after which they were counted.
    pub(in crate::graphql) fn of(counted: Counted, since: i64) -> Self {
        let Counted { count, is_more } = counted;
        Self {
            count,
            is_more,
            position: since.to_string(),
        }
    }
}

/// The draft of a flow, as it is followed.
#[derive(SimpleObject)]
pub(in crate::graphql) struct DraftUpdate {
    /// Name of the flow.
    flow: String,
    /// Revision, which the next change may expect; 0 before the first draft.
    revision: i64,
    /// The token that saved or edited it last; null before the first draft.
    by: Option<String>,
    /// Time of that; null before the first draft.
    at: Option<Timestamp>,
}

impl DraftUpdate {
    /// * `last`: the last change of the draft.
    pub(in crate::graphql) fn of(
        flow: String,
        revision: i64,
        last: Option<SettingsChange>,
    ) -> Self {
        let (by, at) = last.map(|change| (change.by, change.at)).unzip();
        Self {
            flow,
            revision,
            by,
            at: at.map(Timestamp::from),
        }
    }
}
