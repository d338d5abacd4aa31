//! Our own history, read back as a log: one row a lead.

use std::{
    cell::Cell,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use anyhow::Context as _;
use pointsman_bandit::Allocation;
use pointsman_flow::{Catalog, Mask};
use pointsman_history::{
    StoredWalk, StoredWalks, failures_of,
    record::{BidRecord, OutlookRecord},
    rotation::{order_names, rotations_of},
    unit_hashes_of, with_lists,
};
use pointsman_lead::{Fields, Micros, Problem, Schema, Timestamp};
use pointsman_ledger::OrderNames;
use pointsman_replay::log::{Available, LogEnd, LogLead, LogOffer, LogOutlook, LogPing};
use pointsman_router::{Answer, HashKey, Subject, Unit};
use pointsman_store::{DecisionRow, DecisionStepRow, StepKind, Store};

use super::{
    aligned::{PastLead, union},
    draws::{Draws, Programs},
    timeline::{payments, timeline},
    words::{answer, end_kind, units},
};

/// Reads the settled leads of a flow in the order in which they were decided. Test leads are left out.
#[derive(Debug)]
pub(crate) struct Past<'a> {
    walks: StoredWalks<'a>,
    flow: String,
    from: i64,
    until: i64,
    /// The last moment at which a lead may have been settled.
    known_at: i64,
    last: Option<i64>,
    catalogs: BTreeMap<String, Frozen>,
    // Those that leads were decided under, the one that was used last behind the others.
    schemas: Vec<Arc<Schema>>,
    destinations: BTreeSet<Arc<str>>,
    programs: Programs,
    draws: Draws,
    hash_key: HashKey,
    /// Decisions that were not handed out: of other flows, of tests, under way, of another time.
    beside: u64,
    /// What leads that were handed out have brought, micro-units.
    revenue: i64,
}

/// What a decision's masks and fields are read with.
#[derive(Debug, Clone)]
struct Frozen {
    catalog: Arc<Catalog>,
    schema: Arc<Schema>,
    names: Arc<[Arc<str>]>,
}

impl<'a> Past<'a> {
    /// * `hash_key`: that of the database.
    /// * `times`: the first moment of the history, and the first one after it.
    pub(crate) fn of(
        store: &'a Store,
        flow: &str,
        hash_key: HashKey,
        times: (Option<i64>, Option<i64>),
    ) -> Self {
        Self {
            walks: StoredWalks::new(store.read()),
            flow: flow.to_owned(),
            from: times.0.unwrap_or(i64::MIN),
            until: times.1.unwrap_or(i64::MAX),
            known_at: i64::MAX,
            last: None,
            catalogs: BTreeMap::new(),
            schemas: Vec::new(),
            destinations: BTreeSet::new(),
            programs: Programs::default(),
            draws: Draws::default(),
            hash_key,
            beside: 0,
            revenue: 0,
        }
    }

    /// Leaves out leads that were not settled yet at a moment.
    pub(crate) fn known_at(self, moment: Timestamp) -> Self {
        Self {
            known_at: moment.0,
            ..self
        }
    }

    /// Gives leads their clusters: those are one that one draw decided.
    ///
    /// * `leads`: all that were handed out, in their order.
    pub(crate) fn cluster(&mut self, leads: &mut [PastLead]) {
        self.draws.name(leads.iter_mut().map(|past| &mut past.lead));
    }

    /// Every destination that the history knows so far.
    pub(crate) fn destinations(&self) -> &BTreeSet<Arc<str>> {
        &self.destinations
    }

    /// Decisions that were not handed out so far: of other flows, of tests, under way, or of another time.
    pub(crate) fn beside(&self) -> u64 {
        self.beside
    }

    /// What leads that were handed out have brought as the service counted it, in micro-units.
    pub(crate) fn revenue(&self) -> i64 {
        self.revenue
    }

    /// Every field that a lead was decided under, by name, with the kind that it had last; none where there were no leads.
    ///
    /// # Errors
    ///
    /// Fields that do not fit together.
    pub(crate) fn schema(&self) -> Result<Option<Schema>, Vec<Problem>> {
        union(&self.schemas)
    }

    /// How much of the history has been read, from 0 to 1.
    #[expect(clippy::cast_precision_loss, reason = "a share for people")]
    pub(crate) fn share_done(&self) -> f64 {
        self.last.map_or(0.0, |last| {
            if last == 0 {
                1.0
            } else {
                (self.walks.after() as f64 / last as f64).min(1.0)
            }
        })
    }

    /// The next leads, or `None` at the end.
    pub(crate) async fn next_page(&mut self) -> anyhow::Result<Option<Vec<PastLead>>> {
        if self.last.is_none() {
            self.last = Some(self.walks.read().max_seq().await?);
        }
        let flow = self.flow.clone();
        let beside = Cell::new(0_u64);
        let is_settled = |decision: &DecisionRow| {
            let is_wanted = decision.flow == flow && decision.end_state.is_some();
            beside.set(beside.get() + u64::from(!is_wanted));
            is_wanted
        };
        let Some(walks) = self.walks.next_page(is_settled).await? else {
            return Ok(None);
        };
        self.beside += beside.get();
        let failed = self.failures(&walks).await?;
        let mut leads = Vec::with_capacity(walks.len());
        for walk in walks {
            let StoredWalk { decision, lead, .. } = &walk;
            let is_in_time = (self.from..self.until).contains(&lead.received_at);
            let is_known = lead.settled_at.is_none_or(|at| at <= self.known_at);
            if lead.is_test || !is_in_time || !is_known {
                self.beside += 1;
                continue;
            }
            self.revenue += lead.revenue;
            let frozen = self.frozen(&decision.catalog_hash).await?;
            let program = self
                .programs
                .of(self.walks.read(), decision, &frozen.catalog)
                .await?;
            let mut lead = log_lead(&walk, &frozen, &failed)?;
            // Those that were stored count; the others are made of the values.
            let unit = Unit {
                hashes: Some(&lead.unit_hashes),
                ..Unit::new(&lead.unit_key, self.hash_key)
            };
            let subject = Subject::new(&program, &Allocation::prior(), &lead.fields, unit);
            lead.unit_hashes = subject.unit_hashes(&program);
            self.draws.add(&lead.unit_key, &lead.unit_hashes);
            self.use_schema(&frozen.schema);
            leads.push(PastLead {
                lead,
                schema: Arc::clone(&frozen.schema),
            });
        }
        Ok(Some(leads))
    }

    /// Of all offers of some walks, whether each speaks against its destination's health.
    async fn failures(&self, walks: &[StoredWalk]) -> anyhow::Result<BTreeMap<String, bool>> {
        let deliveries = walks.iter().flat_map(|walk| &walk.rows.deliveries);
        let ids: Vec<String> = deliveries.map(|delivery| delivery.id.clone()).collect();
        Ok(failures_of(self.walks.read(), &ids).await?)
    }

    fn use_schema(&mut self, schema: &Arc<Schema>) {
        if self.schemas.last().is_some_and(|last| last == schema) {
            return;
        }
        self.schemas.retain(|known| known != schema);
        self.schemas.push(Arc::clone(schema));
    }

    async fn frozen(&mut self, hash: &str) -> anyhow::Result<Frozen> {
        if let Some(frozen) = self.catalogs.get(hash) {
            return Ok(frozen.clone());
        }
        let row = self
            .walks
            .read()
            .find_catalog(hash)
            .await?
            .with_context(|| format!("catalog {hash}"))?;
        let mut catalog =
            Catalog::from_stored(&row.body).with_context(|| format!("catalog {hash}"))?;
        with_lists(self.walks.read(), &mut catalog).await?;
        // A program's destinations are those of its catalog revision, by name.
        let names: Arc<[Arc<str>]> = catalog
            .destinations
            .keys()
            .map(|name| Arc::from(name.as_str()))
            .collect();
        self.destinations.extend(names.iter().cloned());
        let frozen = Frozen {
            schema: Arc::new(catalog.schema.clone()),
            catalog: Arc::new(catalog),
            names,
        };
        self.catalogs.insert(hash.to_owned(), frozen.clone());
        Ok(frozen)
    }
}

fn log_lead(
    walk: &StoredWalk,
    frozen: &Frozen,
    failed: &BTreeMap<String, bool>,
) -> anyhow::Result<LogLead> {
    let StoredWalk {
        decision,
        lead,
        rows,
    } = walk;
    let fields = serde_json::from_str(&lead.fields_body)
        .with_context(|| format!("the fields of {}", lead.id))?;
    let fields = Fields::from_stored(&frozen.schema, &fields)
        .with_context(|| format!("the fields of {}", lead.id))?;
    let (mut pings, mut offers) = (Vec::new(), Vec::new());
    let mut end = None;
    for step in &rows.steps {
        let available = Some(available(step, &frozen.names)?);
        let outlook = outlook(step, &frozen.names)?.map(Arc::new);
        let orders = orders(step)?;
        match (step.kind, &step.destination) {
            (StepKind::Ping, _) => pings.push(LogPing {
                after_offers: offers.len(),
                asked: asked(step, &frozen.names)?,
                bids: bids(step, &frozen.names)?,
                propensity: step.propensity,
                available,
                outlook,
                orders,
            }),
            (StepKind::Offer, Some(name)) => {
                let delivery = rows.delivery_of(step);
                offers.push(LogOffer {
                    destination: shared(name, &frozen.names),
                    propensity: step.propensity,
                    answer: delivery.map_or(Answer::Unknown, |delivery| answer(delivery.state)),
                    reward: units(delivery.map_or(0, |delivery| rows.earned(delivery))),
                    payments: delivery.map_or_else(Vec::new, |delivery| payments(rows, delivery)),
                    available,
                    outlook,
                    orders,
                });
            }
            _ => {
                end = decision.end_state.map(|state| LogEnd {
                    kind: end_kind(state),
                    propensity: step.propensity,
                    available,
                    outlook,
                    orders,
                });
            }
        }
    }
    Ok(LogLead {
        lead_id: lead.id.clone(),
        received_at: Timestamp(lead.received_at),
        unit_key: decision.unit_key.clone(),
        unit_hashes: unit_hashes_of(decision)?.unwrap_or_default(),
        cluster: None,
        epoch: Some(epoch(decision)?),
        fields,
        offers,
        pings,
        end,
        timeline: Some(timeline(walk, failed)),
    })
}

/// The number of the allocation that a decision was made by.
fn epoch(decision: &DecisionRow) -> anyhow::Result<u64> {
    u64::try_from(decision.epoch)
        .with_context(|| format!("the epoch {} of {}", decision.epoch, decision.id))
}

fn shared(name: &str, names: &[Arc<str>]) -> Arc<str> {
    names
        .iter()
        .find(|known| &***known == name)
        .cloned()
        .unwrap_or_else(|| Arc::from(name))
}

fn available(step: &DecisionStepRow, names: &[Arc<str>]) -> anyhow::Result<Available> {
    named(&step.availability, step, names)
}

/// Whom a step asked for bids.
fn asked(step: &DecisionStepRow, names: &[Arc<str>]) -> anyhow::Result<BTreeSet<Arc<str>>> {
    named(step.asked.as_deref().unwrap_or_default(), step, names)
}

/// What those bid that a step asked.
fn bids(step: &DecisionStepRow, names: &[Arc<str>]) -> anyhow::Result<BTreeMap<Arc<str>, Micros>> {
    let records: Vec<BidRecord> =
        serde_json::from_str(step.bids_body.as_deref().unwrap_or("[]"))
            .with_context(|| format!("the bids at step {} of {}", step.n, step.decision_id))?;
    let bids = records.into_iter();
    Ok(bids
        .filter_map(|record| Some((shared(&record.destination, names), record.bid?)))
        .collect())
}

/// The destinations of a stored set.
fn named<T: FromIterator<Arc<str>>>(
    hex: &str,
    step: &DecisionStepRow,
    names: &[Arc<str>],
) -> anyhow::Result<T> {
    let n_names = u16::try_from(names.len()).unwrap_or(u16::MAX);
    let mask = Mask::from_hex(n_names, hex).with_context(|| {
        format!(
            "the destinations at step {} of {}",
            step.n, step.decision_id
        )
    })?;
    Ok(mask
        .iter()
        .map(|idx| Arc::clone(&names[usize::from(idx.0)]))
        .collect())
}

/// What could have come next; none where the step does not say.
fn outlook(step: &DecisionStepRow, names: &[Arc<str>]) -> anyhow::Result<Option<LogOutlook>> {
    let OutlookRecord {
        offers,
        pings,
        declined,
        unsold,
    } = serde_json::from_str(&step.outlook_body)
        .with_context(|| format!("the outlook at step {} of {}", step.n, step.decision_id))?;
    if offers.is_empty() && pings.is_empty() && declined == 0.0 && unsold == 0.0 {
        return Ok(None);
    }
    let offers = offers
        .into_iter()
        .map(|(name, probability)| (shared(&name, names), probability))
        .collect();
    let pings = pings.into_iter().map(|(asked, probability)| {
        let asked = asked.iter().map(|name| shared(name, names));
        (asked.collect(), probability)
    });
    Ok(Some(LogOutlook {
        offers,
        pings: pings.collect(),
        declined,
        unsold,
    }))
}

/// The orders of the flow's rotations; none where it has no rotation, or no order mattered.
fn orders(step: &DecisionStepRow) -> anyhow::Result<Option<OrderNames>> {
    let rotations = rotations_of(step)
        .with_context(|| format!("the rotations at step {} of {}", step.n, step.decision_id))?;
    Ok((!rotations.is_empty()).then(|| order_names(&rotations)))
}
