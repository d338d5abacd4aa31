//! The market of the demonstration without servers: the same leads, flow, caps, draws and learning, on one thread, as fast as it goes.
//!
//! Whoever is asked answers at once, weights are published each hour of the market's time, and what comes later comes in its order.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap},
    sync::Arc,
};

use anyhow::{Context as _, bail};
use pointsman_bandit::{Allocation, BanditSpec, Config, Objective, Settings, State, publish};
use pointsman_flow::{Cap, Catalog, Destination, NodeIdx, Program};
use pointsman_history::{RewardAttribution, record};
use pointsman_lead::{Currency, Envelope, Stage, Timestamp};
use pointsman_ledger::{Ledger, LedgerEvent};
use pointsman_router::{Answer, Context, Event, HashKey, Offer, Step, Subject, Unit, Walk};
use pointsman_testkit::{DESTINATIONS, GeneratedLead, World};
use serde_json::json;

use super::{
    flows::{self, BANDIT, FLOW},
    gain::Gain,
    pace, site,
};

/// Time between two publications, microseconds.
const HOUR: i64 = 3_600_000_000;
/// Id of an offer: no two are open at once.
const OFFER: &str = "offer";

/// What a run came to.
#[derive(Debug)]
pub(super) struct MarketRun {
    pub(super) seed: u64,
    pub(super) gain: Gain,
    /// Weights at the end, by arm.
    pub(super) weights: BTreeMap<String, u32>,
}

impl MarketRun {
    /// The arm with the largest weight at the end.
    pub(super) fn favourite(&self) -> &str {
        let weights = self.weights.iter();
        let largest = weights.max_by_key(|(_, weight)| **weight);
        largest.map_or("", |(name, _)| name.as_str())
    }
}

/// Money that comes after the answer.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Later {
    at: Timestamp,
    /// Position of the lead.
    lead: usize,
    /// Position of the offer in its walk.
    offer: usize,
    /// Micro-units, negative for what is taken back.
    revenue: i64,
    sales: i64,
}

struct Market {
    world: World,
    program: Arc<Program>,
    bandit: NodeIdx,
    ledger: Ledger,
    state: State,
    config: Config,
    allocation: Allocation,
    next_publication: i64,
    spec: BanditSpec,
    attributions: Vec<RewardAttribution>,
    later: BinaryHeap<Reverse<Later>>,
    gain: Gain,
}

/// Runs all days of a seed.
///
/// # Errors
///
/// A flow that does not fit its destinations.
pub(super) fn run(seed: u64, n_leads: u64) -> anyhow::Result<MarketRun> {
    let (world, leads) = pace::leads(seed, n_leads);
    let mut market = Market::open(world, n_leads, leads.first().map_or(0, |lead| lead.at.0))?;
    for lead in &leads {
        market.pass_until(lead.at)?;
        market.take(lead)?;
    }
    market.pass_until(Timestamp(market.next_publication))?;
    let key = pointsman_bandit::BanditKey::unsegmented(FLOW, BANDIT);
    let weights = market.allocation.weights(&key, &DESTINATIONS);
    let names = DESTINATIONS.map(str::to_owned);
    Ok(MarketRun {
        seed,
        weights: names.into_iter().zip(weights).collect(),
        gain: market.gain,
    })
}

impl Market {
    fn open(world: World, n_leads: u64, begin: i64) -> anyhow::Result<Self> {
        let flow = flows::on_trial();
        let catalog = catalog(flow.schema(), pace::zenith_a_day(n_leads))?;
        let Ok(checked) = flow.check(&catalog) else {
            bail!("the flow does not fit its destinations");
        };
        let program = Arc::new(checked.program);
        let mut nodes = program.nodes();
        let bandit = nodes.find(|(idx, _)| program.node_name(*idx) == BANDIT);
        let bandit = bandit
            .map(|(idx, _)| idx)
            .context("the flow has no bandit")?;
        drop(nodes);
        Ok(Self {
            gain: Gain::new(world),
            world,
            bandit,
            ledger: Ledger::new(),
            state: State::default(),
            config: Config::default(),
            allocation: Allocation::prior(),
            next_publication: begin - begin.rem_euclid(HOUR) + HOUR,
            spec: BanditSpec {
                flow: FLOW.to_owned(),
                node: BANDIT.to_owned(),
                arms: DESTINATIONS.map(str::to_owned).to_vec(),
                explore_ppm: flows::EXPLORE_PPM,
                objective: Objective::NetRevenue,
                limits: BTreeMap::new(),
                settings: Settings::default(),
                destinations: DESTINATIONS
                    .map(|name| (name.to_owned(), name.to_owned()))
                    .into(),
            },
            attributions: Vec::new(),
            later: BinaryHeap::new(),
            program,
        })
    }

    /// Lets come what comes until a moment, and publishes each hour.
    fn pass_until(&mut self, until: Timestamp) -> anyhow::Result<()> {
        loop {
            let next = self.later.peek().map(|Reverse(it)| it.at.0);
            let is_publication = next.is_none_or(|at| at > self.next_publication);
            let at = next.unwrap_or(i64::MAX).min(self.next_publication);
            if at > until.0 {
                return Ok(());
            }
            if is_publication {
                self.publish()?;
            } else if let Some(Reverse(it)) = self.later.pop() {
                let attribution = &mut self.attributions[it.lead];
                for seen in attribution.converted(it.offer, it.revenue, it.sales, it.at) {
                    self.state.apply(&seen);
                }
            }
        }
    }

    fn publish(&mut self) -> anyhow::Result<()> {
        let bandits = std::slice::from_ref(&self.spec);
        let at = self.next_publication;
        let published = publish(&self.allocation, &self.state, at, &self.config, bandits);
        if let Some((key, why)) = published.failures.first() {
            bail!("no weights were found for {key}: {why}");
        }
        self.allocation = published.allocation;
        self.next_publication += HOUR;
        Ok(())
    }

    /// Takes a lead to the end of its walk.
    fn take(&mut self, lead: &GeneratedLead) -> anyhow::Result<()> {
        let envelope = Envelope {
            source: lead.source,
            sub_ids: lead.sub_ids(),
            received_at: lead.at,
            is_test: false,
            stage: Stage::Post,
        };
        let fields = self.program.schema().parse(&lead.fields, &envelope);
        let Ok(fields) = fields else {
            bail!("lead {} does not fit its schema", lead.key);
        };
        let unit = Unit::new(&lead.key, HashKey::default());
        let subject = Subject::new(&self.program, &self.allocation, &fields, unit);
        let program = Arc::clone(&self.program);
        let context = Context {
            program: &program,
            subject: &subject,
        };
        let mut walk = Walk::new(context);
        let mut attribution = RewardAttribution::new(FLOW);
        let conditions = self.ledger.conditions(&program, "", lead.at);
        let odds = walk.odds(context, &conditions, Event::Start, self.bandit);
        let (mut event, mut n_offers) = (Event::Start, 0);
        loop {
            let conditions = self.ledger.conditions(&program, "", lead.at);
            let Step::Offer(offer) = walk.next(context, &conditions, event) else {
                break;
            };
            let trace = record::trace(context, &offer.trace);
            let drawn = trace.iter().find(|record| record.node == BANDIT);
            if let (0, Some(arm), Some(odds)) =
                (n_offers, drawn.and_then(|it| it.arm.as_ref()), &odds)
            {
                let weights = odds.weights.iter().filter_map(|(choice, weight)| {
                    let choice = u16::try_from(*choice).ok()?;
                    Some((
                        program.choice_name(self.bandit, choice)?.to_owned(),
                        *weight,
                    ))
                });
                let traits = self.world.traits(lead);
                self.gain.add(&traits, arm, &weights.collect());
            }
            attribution.offered(&trace, lead.at);
            let answer = self.answer(lead, &offer, n_offers, &mut attribution);
            event = Event::Answer(answer);
            n_offers += 1;
        }
        self.attributions.push(attribution);
        Ok(())
    }

    /// The answer to an offer, with all that follows from it.
    fn answer(
        &mut self,
        lead: &GeneratedLead,
        offer: &Offer,
        n: usize,
        attribution: &mut RewardAttribution,
    ) -> Answer {
        let destination = &self.program.destinations()[usize::from(offer.destination.0)];
        let (name, at) = (destination.name.as_str(), lead.at);
        let is_taken = self.world.accepts(lead, name);
        let answer = if is_taken {
            Answer::Accepted
        } else {
            Answer::Rejected
        };
        let reserved = LedgerEvent::reserved(OFFER, (name, &destination.settings), "", Vec::new());
        let price = self.world.price(lead, name).filter(|_| is_taken);
        let settled = LedgerEvent::settled(OFFER, answer, false, price);
        self.ledger.apply(&reserved, at);
        self.ledger.apply(&settled, at);
        let price = price.map_or(0, |price| price.0);
        for seen in attribution.answered(n, answer, price, at) {
            self.state.apply(&seen);
        }
        let Some(sale) = self.world.conversion(lead, name).filter(|_| is_taken) else {
            return answer;
        };
        let position = self.attributions.len();
        let mut later = |after: i64, revenue: i64, sales: i64| {
            self.later.push(Reverse(Later {
                at: at.plus(after),
                lead: position,
                offer: n,
                revenue,
                sales,
            }));
        };
        later(sale.after, sale.revenue.0, 1);
        if let Some(after) = sale.cancelled_after {
            later(after, -sale.revenue.0, -1);
        }
        answer
    }
}

/// The destinations as the demonstration has them, as far as they decide.
fn catalog(schema: pointsman_lead::Schema, zenith_a_day: u64) -> anyhow::Result<Catalog> {
    let mut destinations: BTreeMap<String, Destination> = DESTINATIONS
        .map(|name| (name.to_owned(), Destination::default()))
        .into();
    let caps: Vec<Cap> = serde_json::from_value(json!([site::zenith_cap(zenith_a_day)]))?;
    if let Some(zenith) = destinations.get_mut("zenith") {
        zenith.caps = caps;
    }
    Ok(Catalog {
        schema,
        currency: Currency::USD,
        destinations,
        subflows: BTreeMap::new(),
        lists: BTreeMap::new(),
    })
}
