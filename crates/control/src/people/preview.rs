//! What an erasure would find, before anybody asks for it.

use std::collections::BTreeMap;

use pointsman_history::{Eraser, person_key_to_look};
use pointsman_lead::Problem;
use pointsman_store::{DeliveryState, LeadRow, Read};

use super::NewErasure;
use crate::{Control, Error};

/// Leads that are read at once.
const PAGE: u64 = 500;
/// Leads that one request looks through; whoever asks goes on from there.
const LOOKED_MAX: usize = 20_000;

/// What an erasure would find in a stretch of the leads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ErasurePreview {
    /// Leads of the persons.
    pub leads: i64,
    /// Those of them that are on their way: the erasure waits for them.
    pub open_leads: i64,
    /// Offers by destination that has, or may have, the values of the persons. An erasure does not reach them there.
    pub destinations: BTreeMap<String, i64>,
    /// Leads that were looked through.
    pub looked_through: i64,
    /// Number in commit order after which the next stretch begins; `None` if there is none.
    pub next: Option<i64>,
}

impl Control {
    /// Looks for the leads that an erasure would find. Nothing is changed.
    ///
    /// * `after`: the `next` of the stretch before; 0 for the first one.
    ///
    /// # Errors
    ///
    /// [`Error::Problems`] for every lead and value that cannot be looked for, as [`Control::erase`] has them.
    pub async fn preview_erasure(
        &self,
        new: &NewErasure,
        after: i64,
    ) -> Result<ErasurePreview, Error> {
        if after < 0 {
            let problem = Problem::new("out_of_range", "after", format!("{after} is no place"));
            return Err(Error::problem(
                problem.hint("take it from `next`, or leave it out"),
            ));
        }
        let read = self.inner.store.read();
        let key = person_key_to_look(&read).await?;
        let found = self.looked_for(&key, new).await?;
        let mut eraser = Eraser::to_look(self.current_schemas().await?);
        let mut preview = ErasurePreview::default();
        // Leads that are named alone are not looked for among all others.
        let first = match found.seqs.iter().min() {
            Some(first) if found.hashes.is_empty() => first - 1,
            _ => 0,
        };
        let last = match found.seqs.iter().max() {
            Some(last) if found.hashes.is_empty() => *last,
            _ => i64::MAX,
        };
        let mut place = after.max(first);
        let mut looked = 0;
        while looked < LOOKED_MAX {
            let mut leads = read.leads_in_order(place, PAGE).await?;
            leads.retain(|lead| lead.seq <= last);
            let Some(end) = leads.last().map(|lead| lead.seq) else {
                preview.looked_through = as_count(looked);
                return Ok(preview);
            };
            looked += leads.len();
            place = end;
            let catalogs = catalogs_of(&read, &leads).await?;
            let mut own = Vec::new();
            for lead in &leads {
                let catalog = catalogs.get(&lead.id).map_or("", String::as_str);
                let mut is_own = found.seqs.contains(&lead.seq);
                for (field, value) in eraser.values_of(&read, lead, catalog).await? {
                    let hash = key.hash_of(&field, value.borrowed());
                    is_own |= found.hashes.contains(&hash);
                }
                if is_own {
                    preview.leads += 1;
                    preview.open_leads += i64::from(lead.settled_at.is_none());
                    own.push(lead.id.clone());
                }
            }
            preview.add_offers(&read, &own).await?;
        }
        preview.looked_through = as_count(looked);
        preview.next = Some(place);
        Ok(preview)
    }
}

impl ErasurePreview {
    /// Counts the destinations that some leads were sent to.
    async fn add_offers(&mut self, read: &Read<'_>, lead_ids: &[String]) -> Result<(), Error> {
        if lead_ids.is_empty() {
            return Ok(());
        }
        for delivery in read.deliveries_of_leads(lead_ids).await? {
            if delivery.state != DeliveryState::NotSent {
                *self.destinations.entry(delivery.destination).or_default() += 1;
            }
        }
        Ok(())
    }
}

/// The catalogs that some leads were decided by.
async fn catalogs_of(
    read: &Read<'_>,
    leads: &[LeadRow],
) -> Result<BTreeMap<String, String>, Error> {
    let ids: Vec<String> = leads.iter().map(|lead| lead.id.clone()).collect();
    let decisions = read.decisions_of_leads(&ids).await?.into_iter();
    Ok(decisions
        .map(|decision| (decision.lead_id, decision.catalog_hash))
        .collect())
}

fn as_count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
