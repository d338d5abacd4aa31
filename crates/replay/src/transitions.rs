//! Where leads would go first under one policy and under the other, and the money that this moves.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use foldhash::fast::RandomState;
use serde::Serialize;

use crate::{
    log::{LogLead, LogOutlook},
    policy::Policy,
    weigh::{LeadWeight, Likely, WeightIdx},
};

/// Pairs of decisions that are told apart; leads of others are not told.
const PAIRS_MAX: usize = 4_096;
/// Pairs of weights whose decisions are remembered.
const KNOWN_MAX: usize = 1 << 18;
/// Weights up to the first offer that differ from 1 by less are 1.
const ROUNDING: f64 = 1e-9;
/// How likely what a log did must be to have been certain.
const CERTAIN: f64 = 1.0 - 1e-12;

/// First offers under the baseline and under the candidate, with the money that goes with them.
///
/// Where a policy draws, a lead is split by its probabilities: as much as both give to one destination stays, and the rest moves from those
/// that lose to those that gain, in proportion.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MoneyMoves {
    /// Leads.
    pub n: u64,
    /// Leads of which it is not known where the baseline could have sent them first.
    pub n_untold: u64,
    /// Leads that go elsewhere first.
    pub n_moved: f64,
    /// From where to where, the largest in money first.
    pub cells: Vec<MoneyMove>,
}

/// Leads that the baseline offers to one destination first, and the candidate to another or to the same.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MoneyMove {
    /// First destination under the baseline; none if the lead is offered to nobody.
    pub from: Option<Arc<str>>,
    /// First destination under the candidate; none if the lead is offered to nobody.
    pub to: Option<Arc<str>>,
    /// Leads, by probability.
    pub leads: f64,
    /// What they add to the difference, in units of reward a lead of the log.
    pub diff: f64,
    /// Its standard error; none where leads have clusters.
    pub diff_se: Option<f64>,
}

type First = Option<Arc<str>>;

/// The first offers that a policy could have made, as they are found in the log: names are looked up once, and not for each lead.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Way {
    /// Those of a flow.
    Flow(Likely),
    /// Those that the log tells, with the bits of their probabilities.
    Logged(Vec<(Arc<str>, u64)>),
}

/// The sums of a log. Memory grows with the ways to decide, not with the leads.
#[derive(Debug, Default)]
pub(crate) struct Moves {
    pairs: HashMap<[Way; 2], usize, RandomState>,
    /// The pairs of weights that are kept; none of those that are not told.
    known: HashMap<[WeightIdx; 2], Option<usize>, RandomState>,
    /// In the order in which they came, so that equal logs give equal digits.
    order: Vec<([Way; 2], Pair)>,
    n: u64,
    n_untold: u64,
}

/// Leads that both policies decide alike.
#[derive(Debug, Default)]
struct Pair {
    n_leads: u64,
    /// By the first offer of the log.
    by_logged: Vec<(First, Sums)>,
}

/// Sums over leads of what the candidate and the baseline are worth.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    candidate: f64,
    baseline: f64,
    candidate_squares: f64,
    baseline_squares: f64,
    products: f64,
}

impl Moves {
    /// Takes in a lead with what each policy makes of it, the candidate first.
    ///
    /// * `both`: the policies, with the numbers of the weights and the weights.
    /// * `values`: what the lead is worth under each, by weights.
    pub(crate) fn add(
        &mut self,
        lead: &LogLead,
        both: [(&Policy, WeightIdx, &LeadWeight); 2],
        values: [f64; 2],
    ) {
        self.n += 1;
        let key = both.map(|(_, idx, _)| idx);
        let position = if let Some(position) = self.known.get(&key) {
            *position
        } else {
            let [candidate, baseline] = both.map(|(policy, _, weight)| way(policy, weight, lead));
            let position = candidate
                .zip(baseline)
                .and_then(|(candidate, baseline)| self.position([candidate, baseline]));
            if key.iter().all(|idx| idx.kept().is_some()) && self.known.len() < KNOWN_MAX {
                self.known.insert(key, position);
            }
            position
        };
        match position.and_then(|position| self.order.get_mut(position)) {
            Some((_, pair)) => pair.add(lead, values),
            None => self.n_untold += 1,
        }
    }

    /// The place of two ways to decide; none if there are too many.
    fn position(&mut self, key: [Way; 2]) -> Option<usize> {
        if let Some(position) = self.pairs.get(&key) {
            return Some(*position);
        }
        let position = self.order.len();
        if position >= PAIRS_MAX {
            return None;
        }
        self.pairs.insert(key.clone(), position);
        self.order.push((key, Pair::default()));
        Some(position)
    }

    /// The matrix; none without a lead, and where nothing is known of where leads could have gone.
    ///
    /// * `policies`: the candidate and the baseline.
    /// * `has_clusters`: whether leads are not independent.
    pub(crate) fn finish(self, policies: [&Policy; 2], has_clusters: bool) -> Option<MoneyMoves> {
        let Self {
            order, n, n_untold, ..
        } = self;
        let mut cells: BTreeMap<(First, First), (f64, f64, f64)> = BTreeMap::new();
        for (ways, pair) in &order {
            let candidate = probabilities(&ways[0], policies[0]);
            let baseline = probabilities(&ways[1], policies[1]);
            for ((from, to), mass) in coupled(&baseline, &candidate) {
                let (money, squares) = pair.money(&from, &to, mass, &candidate, &baseline);
                let cell = cells.entry((from, to)).or_default();
                #[expect(clippy::cast_precision_loss, reason = "leads are far below 2^53")]
                let leads = mass * pair.n_leads as f64;
                cell.0 += leads;
                cell.1 += money;
                cell.2 += squares;
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "leads are far below 2^53")]
        let n_all = n as f64;
        let cells = cells.into_iter();
        let mut cells: Vec<MoneyMove> = cells
            .map(|((from, to), (leads, money, squares))| MoneyMove {
                from,
                to,
                leads,
                diff: money / n_all,
                diff_se: (!has_clusters)
                    .then(|| (squares - money * money / n_all).max(0.0).sqrt() / n_all),
            })
            .collect();
        cells.sort_by(|a, b| {
            let by_money = b.diff.abs().total_cmp(&a.diff.abs());
            by_money.then_with(|| (&a.from, &a.to).cmp(&(&b.from, &b.to)))
        });
        (!order.is_empty()).then(|| MoneyMoves {
            n,
            n_untold,
            n_moved: cells
                .iter()
                .filter(|cell| cell.from != cell.to)
                .map(|cell| cell.leads)
                .sum(),
            cells,
        })
    }
}

impl Pair {
    fn add(&mut self, lead: &LogLead, [candidate, baseline]: [f64; 2]) {
        self.n_leads += 1;
        let logged = lead.offers.first().map(|offer| &offer.destination);
        // They are few, and most names are where they were before.
        let is_same = |(first, _): &(First, Sums)| match (first, logged) {
            (Some(first), Some(logged)) => Arc::ptr_eq(first, logged) || first == logged,
            (first, logged) => first.is_none() && logged.is_none(),
        };
        let known = self.by_logged.iter().position(is_same);
        let place = known.unwrap_or(self.by_logged.len());
        if known.is_none() {
            self.by_logged.push((logged.cloned(), Sums::default()));
        }
        let (_, sums) = &mut self.by_logged[place];
        sums.candidate += candidate;
        sums.baseline += baseline;
        sums.candidate_squares += candidate * candidate;
        sums.baseline_squares += baseline * baseline;
        sums.products += candidate * baseline;
    }

    /// What a part of the leads adds to the value of the candidate less that of the baseline, and the squares of it, lead by lead.
    ///
    /// A lead that the log offered to `to` says what the candidate gains by it, in the share that `from` gives to `to`; one that the log
    /// offered to `from` says what the baseline loses.
    fn money(
        &self,
        from: &First,
        to: &First,
        mass: f64,
        candidate: &BTreeMap<First, f64>,
        baseline: &BTreeMap<First, f64>,
    ) -> (f64, f64) {
        let share = |of: &BTreeMap<First, f64>, first: &First| {
            let whole = of.get(first).copied().unwrap_or(0.0);
            if whole > 0.0 { mass / whole } else { 0.0 }
        };
        let (gain, loss) = (share(candidate, to), share(baseline, from));
        let mut logged: Vec<&First> = vec![to];
        if from != to {
            logged.push(from);
        }
        let (mut money, mut squares) = (0.0, 0.0);
        for logged in logged {
            let mut by_logged = self.by_logged.iter();
            let Some((_, sums)) = by_logged.find(|(first, _)| first == logged) else {
                continue;
            };
            let a = if logged == to { gain } else { 0.0 };
            let b = if logged == from { loss } else { 0.0 };
            money += a * sums.candidate - b * sums.baseline;
            squares += a * a * sums.candidate_squares + b * b * sums.baseline_squares
                - 2.0 * a * b * sums.products;
        }
        (money, squares)
    }
}

/// The first offers that a policy could have made; none where that is not known.
fn way(policy: &Policy, weight: &LeadWeight, lead: &LogLead) -> Option<Way> {
    match policy {
        Policy::Logged => logged_way(lead),
        Policy::Flow(_) => flow_way(weight, lead),
    }
}

fn flow_way(weight: &LeadWeight, lead: &LogLead) -> Option<Way> {
    // Pings come before the first offer, and both policies must have come this far alike.
    let is_first = |ping: &&crate::log::LogPing| ping.after_offers == 0;
    let n_pings = lead.pings.iter().take_while(is_first).count();
    let before = n_pings
        .checked_sub(1)
        .and_then(|at| weight.decisions.get(at));
    if before.is_some_and(|decision| (decision.weight - 1.0).abs() > ROUNDING) {
        return None;
    }
    let decision = weight.decisions.get(n_pings)?;
    Some(Way::Flow(decision.likely.clone()))
}

fn logged_way(lead: &LogLead) -> Option<Way> {
    let known = |outlook: &LogOutlook| {
        let offers = outlook.offers.iter();
        offers
            .map(|(name, probability)| (Arc::clone(name), probability.to_bits()))
            .collect()
    };
    let offers = match (lead.offers.first(), &lead.end) {
        (Some(offer), _) if offer.propensity >= CERTAIN => {
            vec![(Arc::clone(&offer.destination), 1.0_f64.to_bits())]
        }
        (Some(offer), _) => offer.outlook.as_deref().map(known)?,
        (None, Some(end)) if end.propensity >= CERTAIN => Vec::new(),
        (None, Some(end)) => end.outlook.as_deref().map(known)?,
        (None, None) => return None,
    };
    Some(Way::Logged(offers))
}

/// The probabilities of first offers by name; what is left of 1 goes to nobody.
fn probabilities(way: &Way, policy: &Policy) -> BTreeMap<First, f64> {
    let mut firsts: BTreeMap<First, f64> = match (way, policy) {
        (Way::Flow(likely), Policy::Flow(flow)) => {
            let names = flow.program.destinations();
            let offers = likely.iter().filter_map(|(destination, bits)| {
                let name = names.get(usize::from(destination.0))?;
                Some((Some(Arc::from(name.name.as_str())), f64::from_bits(*bits)))
            });
            offers.collect()
        }
        (Way::Flow(_), Policy::Logged) => BTreeMap::new(),
        (Way::Logged(offers), _) => {
            let offers = offers.iter();
            offers
                .map(|(name, bits)| (Some(Arc::clone(name)), f64::from_bits(*bits)))
                .collect()
        }
    };
    let left = 1.0 - firsts.values().sum::<f64>();
    if left > ROUNDING {
        firsts.insert(None, left);
    }
    firsts
}

/// How a lead moves from one distribution to another with as much as possible staying where it is.
fn coupled(from: &BTreeMap<First, f64>, to: &BTreeMap<First, f64>) -> Vec<((First, First), f64)> {
    let mut cells = Vec::new();
    let of = |side: &BTreeMap<First, f64>, first: &First| side.get(first).copied().unwrap_or(0.0);
    let (mut losers, mut winners) = (Vec::new(), Vec::new());
    for (first, probability) in from {
        let stays = probability.min(of(to, first));
        if stays > 0.0 {
            cells.push(((first.clone(), first.clone()), stays));
        }
        if probability - stays > ROUNDING {
            losers.push((first, probability - stays));
        }
    }
    for (first, probability) in to {
        let more = probability - probability.min(of(from, first));
        if more > ROUNDING {
            winners.push((first, more));
        }
    }
    let all: f64 = winners.iter().map(|(_, more)| more).sum();
    for (loser, less) in &losers {
        for (winner, more) in &winners {
            let mass = less * more / all;
            cells.push((((*loser).clone(), (*winner).clone()), mass));
        }
    }
    cells
}
