//! What is new of leads, for whoever follows them.

use pointsman_lead::{Id, kinds};
use pointsman_store::LeadsInOrder;

use super::{handle::History, lead::LeadFilter};
use crate::Error;

/// Most leads of which the status is asked again at each look.
const AGAIN_MAX: u64 = 2_000;
/// Of those, the ones that are counted for good once there are more.
const KEPT: u64 = 1_000;
/// Most times that leads are counted for good at one look.
const PIECES_MAX: usize = 10;
/// What is counted up to.
const COUNT_MAX: u64 = 1_000;

/// What a lead, and all that hangs on it, looks like at a moment. Another mark means that something has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadMark(pointsman_store::LeadMark);

impl LeadMark {
    /// Who sent the lead.
    pub fn source(&self) -> &str {
        &self.0.source
    }
}

/// How many leads came in since a moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NewLeads {
    /// How many that match, up to 1,000.
    pub count: u64,
    /// Whether there are more.
    pub is_more: bool,
}

/// Counts leads that come in after a moment, however many come and however long it takes, with bounded work for each
/// look. A lead whose status changes counts as it is, until 1,000 to 2,000 later ones have come; then as it was.
#[derive(Debug, Clone)]
pub struct LeadsSince {
    filter: pointsman_store::LeadFilter,
    /// Leads up to this number in commit order are counted for good.
    from: i64,
    /// How many of those match.
    kept: u64,
}

impl LeadsSince {
    /// * `since`: the number in commit order after which leads are new.
    pub fn new(filter: &LeadFilter, since: i64) -> Self {
        Self {
            filter: filter.into(),
            from: since,
            kept: 0,
        }
    }

    /// Counts up to now.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn count(&mut self, history: &History) -> Result<NewLeads, Error> {
        let mut open = LeadsInOrder::default();
        for _ in 0..PIECES_MAX {
            open = self.look(history, AGAIN_MAX).await?;
            if open.leads < i64::try_from(AGAIN_MAX).unwrap_or(i64::MAX) || self.is_full() {
                break;
            }
            let old = self.look(history, KEPT).await?;
            (self.from, self.kept) = (old.last_seq, self.kept + unsigned(old.matching));
        }
        let count = self.kept + unsigned(open.matching);
        Ok(NewLeads {
            count: count.min(COUNT_MAX),
            is_more: count > COUNT_MAX,
        })
    }

    /// Whether nothing would be told of further leads.
    pub fn is_full(&self) -> bool {
        self.kept > COUNT_MAX
    }

    async fn look(&self, history: &History, limit: u64) -> Result<LeadsInOrder, Error> {
        let read = history.rows();
        Ok(read.leads_after(&self.filter, self.from, limit).await?)
    }
}

fn unsigned(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}

impl History {
    /// What a lead looks like at this moment; `None` if there is none.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn lead_mark(&self, id: Id<kinds::Lead>) -> Result<Option<LeadMark>, Error> {
        let mark = self.rows().lead_mark(&id.to_string()).await?;
        Ok(mark.map(LeadMark))
    }

    /// The last number in commit order: whatever is committed later is not in what was read before.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub async fn position(&self) -> Result<i64, Error> {
        Ok(self.rows().order().await?.number)
    }
}
