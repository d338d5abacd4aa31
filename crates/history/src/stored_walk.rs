//! The one loader of stored walks: decision, lead and everything that happened to them.

use std::{collections::BTreeMap, sync::Arc};

use pointsman_bandit::Allocation;
use pointsman_flow::Program;
use pointsman_lead::{Fields, Id, kinds};
use pointsman_router::{Context, Subject, Unit};
use pointsman_store::{DecisionRow, LeadRow, Read};

use crate::{
    Error, KeptOfLead, LeadKeys, Library, WalkRows, erasure::stand_in_for_erased, unit_hashes_of,
};

/// Walks read at once.
const PAGE: u64 = 500;

/// A walk as it is stored.
#[derive(Debug, Clone)]
pub struct StoredWalk {
    /// What was decided, and how it ended.
    pub decision: DecisionRow,
    /// The lead.
    pub lead: LeadRow,
    /// Steps, offers, and what was reported of them.
    pub rows: WalkRows,
}

impl StoredWalk {
    /// The walk of a decision; `None` if there is no decision of this id.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], and [`Error::Stored`] for a decision without its lead.
    pub async fn find(
        read: &Read<'_>,
        decision_id: Id<kinds::Decision>,
    ) -> Result<Option<Self>, Error> {
        let Some(decision) = read.find_decision(&decision_id.to_string()).await? else {
            return Ok(None);
        };
        Ok(Self::load(read, vec![decision]).await?.pop())
    }

    /// The walks of these decisions, in their order: a few queries for all of them.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], and [`Error::Stored`] for a decision without its lead. A history with holes is no
    /// history: what follows from the rest would look like anything else.
    pub async fn load(read: &Read<'_>, decisions: Vec<DecisionRow>) -> Result<Vec<Self>, Error> {
        let ids: Vec<String> = decisions.iter().map(|it| it.id.clone()).collect();
        let lead_ids: Vec<String> = decisions.iter().map(|it| it.lead_id.clone()).collect();
        let leads = read.leads_by_id(&lead_ids).await?.into_iter();
        let mut leads: BTreeMap<String, LeadRow> =
            leads.map(|lead| (lead.id.clone(), lead)).collect();
        stand_in_for_erased(read, &mut leads).await?;
        let mut rows: BTreeMap<String, WalkRows> = BTreeMap::new();
        for step in read.steps_of_decisions(&ids).await? {
            let walk = rows.entry(step.decision_id.clone()).or_default();
            walk.steps.push(step);
        }
        let deliveries = read.deliveries_of_leads(&lead_ids).await?;
        let delivery_ids: Vec<String> = deliveries.iter().map(|it| it.id.clone()).collect();
        let mut decision_of: BTreeMap<String, String> = BTreeMap::new();
        for delivery in deliveries {
            decision_of.insert(delivery.id.clone(), delivery.decision_id.clone());
            let walk = rows.entry(delivery.decision_id.clone()).or_default();
            walk.deliveries.push(delivery);
        }
        for release in read.releases_of_deliveries(&delivery_ids).await? {
            let walk = decision_of.get(&release.delivery_id);
            if let Some(walk) = walk.and_then(|id| rows.get_mut(id)) {
                walk.releases.push(release);
            }
        }
        for conversion in read.conversions_of_deliveries(&delivery_ids).await? {
            let walk = decision_of.get(&conversion.delivery_id);
            if let Some(walk) = walk.and_then(|id| rows.get_mut(id)) {
                walk.conversions.push(conversion);
            }
        }
        let walks = decisions.into_iter().map(|decision| {
            let lead = leads.get(&decision.lead_id).cloned();
            let lead = lead.ok_or_else(|| Error::Stored {
                what: format!("the lead {} of decision {}", decision.lead_id, decision.id),
            })?;
            let mut rows = rows.remove(&decision.id).unwrap_or_default();
            rows.flow.clone_from(&decision.flow);
            rows.steps.sort_by_key(|step| step.n);
            Ok(Self {
                decision,
                lead,
                rows,
            })
        });
        walks.collect()
    }
}

/// All walks in the order in which they were decided, a page at a time.
#[derive(Debug)]
pub struct StoredWalks<'a> {
    read: Read<'a>,
    after: i64,
}

impl<'a> StoredWalks<'a> {
    /// A reader that stands at the beginning.
    pub fn new(read: Read<'a>) -> Self {
        Self { read, after: 0 }
    }

    /// The place in commit order up to which they have been read.
    pub fn after(&self) -> i64 {
        self.after
    }

    /// What the walks are read with.
    pub fn read(&self) -> &Read<'a> {
        &self.read
    }

    /// The next walks of those decisions that are wanted, or `None` at the end. A page may be empty.
    ///
    /// # Errors
    ///
    /// As [`StoredWalk::load`].
    pub async fn next_page(
        &mut self,
        is_wanted: impl Fn(&DecisionRow) -> bool,
    ) -> Result<Option<Vec<StoredWalk>>, Error> {
        let mut decisions = self.read.decisions_in_order(self.after, PAGE).await?;
        let Some(last) = decisions.last() else {
            return Ok(None);
        };
        self.after = last.started_seq;
        decisions.retain(is_wanted);
        StoredWalk::load(&self.read, decisions).await.map(Some)
    }
}

/// What a stored decision was made with.
#[derive(Debug)]
pub struct Inputs {
    /// The compiled flow.
    pub program: Arc<Program>,
    /// The weights.
    pub allocation: Arc<Allocation>,
    /// The lead's fields.
    pub fields: Fields,
    /// The lead as the program sees it.
    pub subject: Subject,
    /// By what it is known as a duplicate.
    pub keys: LeadKeys,
}

impl Inputs {
    /// Reads them back.
    ///
    /// # Errors
    ///
    /// [`Error::Store`], and [`Error::Stored`] for what is not there or cannot be read. What a parser says
    /// may quote a person's details, so it is left out.
    pub async fn of(
        library: &mut Library,
        read: &Read<'_>,
        decision: &DecisionRow,
        lead: &LeadRow,
    ) -> Result<Self, Error> {
        let program = library.program(read, decision).await?;
        let allocation = library.allocation(read, decision.epoch).await?;
        let unreadable = || Error::Stored {
            what: format!("the fields of lead {}", lead.id),
        };
        let mut fields = serde_json::from_str(&lead.fields_body).map_err(|_| unreadable())?;
        let kept = KeptOfLead::find(read, lead).await?;
        if let Some(kept) = &kept {
            kept.stand_in(&mut fields);
        }
        let fields = Fields::from_stored(program.schema(), &fields).map_err(|_| unreadable())?;
        let hashes = unit_hashes_of(decision)?;
        let unit = Unit {
            hashes: hashes.as_ref(),
            ..Unit::new(&decision.unit_key, library.hash_key)
        };
        let codes = match kept.as_ref().and_then(KeptOfLead::codes) {
            Some(list) => program.codes_of_list(list).ok_or_else(unreadable)?,
            None => program.encode(&fields),
        };
        let subject = Subject::of_codes(&program, &allocation, &fields, unit, codes);
        let keys = match &kept {
            Some(kept) => kept.keys(),
            None => LeadKeys::of(&program, &fields, lead.is_test, library.hash_key),
        };
        Ok(Self {
            program,
            allocation,
            fields,
            subject,
            keys,
        })
    }

    /// What a walk is made with.
    pub fn context(&self) -> Context<'_> {
        Context {
            program: &self.program,
            subject: &self.subject,
        }
    }
}
