//! Lets leads, answers and reports happen in their order, with everything that one lead's fate has to do with another's.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use pointsman_bandit::Allocation;
use pointsman_flow::DestinationIdx;
use pointsman_lead::{Micros, Timestamp};
use pointsman_ledger::{Ledger, LedgerEvent, ReportedAmounts, RotationArm};
use pointsman_router::{Answer, Bid, Conditions, Context, Event, Offer, Ping, Step, trace};

use super::{
    active::Active,
    answers::{AnswerSource, AskedOffer, Reply},
    learner::{Learner, LearningPace},
    paths::{LoggedStep, Mark, difference, stateless},
    queue::{Queue, QueuedEvent, What},
    totals::{Fate, ReplayTotals},
};
use crate::{
    log::{CommitTime, LogLead},
    policy::{Allocations, FlowPolicy},
};

/// What a replay is made with.
#[derive(Debug, Clone)]
pub(super) struct Setting<'a> {
    /// The flow, and the allocations that its bandits draw by where they do not learn.
    pub(super) flow: &'a FlowPolicy,
    /// Every destination that the log knows.
    pub(super) known: &'a BTreeSet<Arc<str>>,
    /// Where answers come from.
    pub(super) answers: &'a dyn AnswerSource,
    /// When bandits make new weights.
    pub(super) pace: LearningPace,
    /// Whether each lead is also walked without a state, to see what the state changes, and its fate is kept.
    pub(super) compares: bool,
}

/// A replay of one flow under way.
///
/// Its memory grows with what leads still wait for (answers, and reports within the time that they take) and with what a
/// ledger and a learner remember; and with 16 bytes for each lead where leads of two replays are compared.
#[derive(Debug)]
pub(super) struct Machine<'a> {
    setting: Setting<'a>,
    logged: BTreeMap<u64, Allocation>,
    ledger: Ledger,
    learner: Learner,
    queue: Queue,
    active: HashMap<usize, Active>,
    pub(super) totals: ReplayTotals,
}

impl<'a> Machine<'a> {
    /// A replay that has seen no lead.
    pub(super) fn new(setting: Setting<'a>) -> Self {
        let logged = match (&setting.flow.allocations, &setting.pace) {
            (Allocations::Logged { by_epoch, .. }, LearningPace::Served(_)) => by_epoch.clone(),
            _ => BTreeMap::new(),
        };
        Self {
            learner: Learner::new(&setting.flow.program, &setting.pace),
            logged,
            ledger: Ledger::new(),
            queue: Queue::new(),
            active: HashMap::new(),
            totals: ReplayTotals::new(&setting.flow.program, setting.compares),
            setting,
        }
    }

    /// Takes the next lead in. Leads come in the order of their times.
    pub(super) fn take(&mut self, lead: &Arc<LogLead>) {
        let position = self.totals.begin();
        let first = lead.timeline.as_ref();
        let first = first.and_then(|timeline| timeline.steps.first().copied());
        let place = match first {
            Some(moment) => moment,
            None => self.queue.place(lead.received_at),
        };
        self.pass_until(Some(place));
        let flow = self.setting.flow;
        let allocation = if self.learner.decides() {
            self.learner.allocation(lead.epoch)
        } else {
            Arc::new(flow.allocations.of(lead.epoch).0.clone())
        };
        let active = Active::new(flow, lead, &allocation);
        self.step(position, active, Event::Start, place);
    }

    /// Lets everything happen that comes before a place; all there is without one.
    pub(super) fn pass_until(&mut self, place: Option<CommitTime>) {
        while let Some(next) = self.queue.pop_before(place) {
            self.learner.pass_until(Some(next.place), &self.logged);
            self.happen(next);
        }
        self.learner.pass_until(place, &self.logged);
    }

    fn happen(&mut self, next: QueuedEvent) {
        let QueuedEvent { place, lead, what } = next;
        let Some(mut active) = self.active.remove(&lead) else {
            return;
        };
        match what {
            What::Answer => self.settle(lead, active, place),
            What::Bids => {
                let observations = active.attribution.bid();
                self.learner.observe(&observations, place);
                let bids = std::mem::take(&mut active.bids);
                self.step(lead, active, Event::Bids(bids), place);
            }
            What::Step => {
                let answer = active.reply.take().map(|reply| reply.answer);
                let event = Event::Answer(answer.unwrap_or(Answer::Unknown));
                self.step(lead, active, event, place);
            }
            What::Report {
                offer,
                revenue,
                sales,
                accepted: (accepted, offered_at),
            } => {
                let amounts = ReportedAmounts {
                    sales,
                    revenue,
                    accepted,
                    offered_at,
                };
                self.report(&active, offer, amounts, place.at);
                let attribution = &mut active.attribution;
                let observations = attribution.converted(offer, revenue, sales, place.at);
                self.learner.observe(&observations, place);
                active.revenue += revenue;
                active.n_awaited -= 1;
                self.put_back(lead, active);
            }
        }
    }

    /// Keeps a lead that still waits for something, and tells the fate of one that does not.
    fn put_back(&mut self, position: usize, active: Active) {
        if active.walks || active.n_awaited > 0 {
            self.active.insert(position, active);
            return;
        }
        let fate = Fate {
            revenue: active.revenue,
            is_known: active.is_known,
        };
        self.totals
            .end(position, fate, &active.lead, active.is_sold);
    }

    fn settle(&mut self, position: usize, mut active: Active, place: CommitTime) {
        let Some(reply) = active.reply.take() else {
            return;
        };
        let Reply {
            answer,
            failed,
            paid,
            ..
        } = reply;
        self.settle_offer(position, (answer, failed), paid, place.at);
        let offer = active.n_offers() - 1;
        let observations = active.attribution.answered(offer, answer, paid, place.at);
        self.learner.observe(&observations, place);
        if answer == Answer::Accepted {
            active.revenue += paid;
            active.is_sold = true;
        }
        let moment = active.next_moment().filter(|next| next.at > place.at);
        if let Some(next) = moment {
            // As after a restart: the walk went on some time after the answer was stored.
            active.reply = Some(reply);
            self.queue.push(next, position, What::Step);
            self.active.insert(position, active);
            return;
        }
        self.step(position, active, Event::Answer(answer), place);
    }

    /// * `paid`: what was paid at once, in micro-units.
    fn settle_offer(
        &mut self,
        position: usize,
        (answer, failed): (Answer, bool),
        paid: i64,
        at: Timestamp,
    ) {
        let paid = (paid != 0).then_some(Micros(paid));
        let settled = LedgerEvent::settled(&position.to_string(), answer, failed, paid);
        self.ledger.apply(&settled, at);
    }

    /// Caps count what is reported of an offer by the settings of its destination.
    fn report(&mut self, active: &Active, offer: usize, amounts: ReportedAmounts, at: Timestamp) {
        let destinations = self.setting.flow.program.destinations();
        let destination = active.offered.get(offer).map(|idx| usize::from(idx.0));
        let Some(destination) = destination.and_then(|idx| destinations.get(idx)) else {
            return;
        };
        let counting = (destination.name.as_str(), &*destination.settings.caps);
        if let Some(reported) = LedgerEvent::reported(counting, &active.source, amounts) {
            self.ledger.apply(&reported, at);
        }
    }

    fn step(&mut self, position: usize, mut active: Active, event: Event, place: CommitTime) {
        let flow = self.setting.flow;
        let program = &flow.program;
        let conditions = if active.has_expired() {
            Conditions::closed(program)
        } else {
            self.ledger.conditions(program, &active.source, place.at)
        };
        if event != Event::Answer(Answer::Accepted) {
            self.totals.see_conditions(program, &conditions, place.at);
        }
        let subject = Arc::clone(&active.subject);
        let context = Context {
            program,
            subject: &subject,
        };
        let step = active.walk.next(context, &conditions, event);
        let mark = Mark::of(&step, conditions);
        active.follows &= LoggedStep::goes_on(&active.lead, active.marks.len(), &mark, program);
        active.marks.push(mark);
        match step {
            Step::Ping(ping) => {
                active
                    .attribution
                    .asked(&trace(context, &ping.trace), place.at);
                self.ask(position, active, &ping, place);
            }
            Step::Offer(offer) => {
                let trace = trace(context, &offer.trace);
                active.attribution.offered(&trace, place.at);
                self.offer(position, active, &offer, place);
            }
            Step::Done(_) => self.end(position, active),
        }
    }

    fn asked<'b>(
        &'b self,
        lead: &'b LogLead,
        position: usize,
        destination: DestinationIdx,
        n_before: usize,
    ) -> AskedOffer<'b> {
        let destinations = self.setting.flow.program.destinations();
        AskedOffer {
            lead,
            position,
            destination: &destinations[usize::from(destination.0)].name,
            n_before,
        }
    }

    fn ask(&mut self, position: usize, mut active: Active, ping: &Ping, place: CommitTime) {
        for destination in ping.destinations.iter() {
            let asked = self.asked(&active.lead, position, destination, active.n_offers());
            match self.setting.answers.bid(&asked) {
                Some(Some(amount)) => active.bids.push(Bid {
                    destination,
                    amount,
                }),
                Some(None) => {}
                // Nobody knows what it would have bid, nor whether it would have won.
                None => active.is_known = false,
            }
        }
        let moment = active.next_moment();
        let at = moment.map_or(place.at, |moment| moment.at);
        let place = self.queue.place_like(at, moment);
        self.queue.push(place, position, What::Bids);
        self.active.insert(position, active);
    }

    fn offer(&mut self, position: usize, mut active: Active, offer: &Offer, place: CommitTime) {
        let program = &self.setting.flow.program;
        let destination = &program.destinations()[usize::from(offer.destination.0)];
        let turns = offer.turns.iter();
        let turns = turns.filter_map(|turn| RotationArm::at(program, turn.0, turn.1));
        let charged = (destination.name.as_str(), &destination.settings);
        let id = position.to_string();
        let reserved = LedgerEvent::reserved(&id, charged, &active.source, turns.collect());
        self.ledger.apply(&reserved, place.at);
        let asked = self.asked(&active.lead, position, offer.destination, active.n_offers());
        let reply = self.setting.answers.offer(&asked);
        self.totals.offers += 1;
        active.offered.push(offer.destination);
        let Some(reply) = reply else {
            self.lose(position, active, place);
            return;
        };
        for later in &reply.reports {
            let what = What::Report {
                offer: active.n_offers() - 1,
                revenue: later.revenue,
                sales: later.sales,
                accepted: (later.accepted, place.at),
            };
            let at = place.at.plus(later.after);
            let place = self.queue.place_like(at, later.moment);
            self.queue.push(place, position, what);
        }
        active.n_awaited += reply.reports.len();
        let at = place.at.plus(reply.after);
        let settled: CommitTime = self.queue.place_like(at, reply.moment);
        active.reply = Some(reply);
        self.queue.push(settled, position, What::Answer);
        self.active.insert(position, active);
    }

    /// Nobody knows the answer to an offer, so nobody knows how the lead goes on. It counts as the service counts an answer
    /// that does not come: the destination keeps its units, and bandits learn that a lead is out.
    fn lose(&mut self, position: usize, mut active: Active, place: CommitTime) {
        active.is_known = false;
        self.settle_offer(position, (Answer::Unknown, false), 0, place.at);
        let offer = active.n_offers() - 1;
        let observations = active
            .attribution
            .answered(offer, Answer::Unknown, 0, place.at);
        self.learner.observe(&observations, place);
        self.end(position, active);
    }

    /// The walk is over.
    fn end(&mut self, position: usize, mut active: Active) {
        active.walks = false;
        let n_steps = LoggedStep::all(&active.lead).len();
        let is_logged = active.follows && active.marks.len() >= n_steps;
        self.totals.equal_to_log += u64::from(is_logged);
        if self.setting.compares {
            let Setting {
                flow,
                known,
                answers,
                ..
            } = &self.setting;
            let without = stateless(flow, &active.lead, position, known, *answers);
            self.totals.differ(difference(&active.marks, &without));
        }
        active.marks = Vec::new();
        self.put_back(position, active);
    }

    /// Lets everything happen that is still to come, and tells what it came to.
    pub(super) fn finish(mut self) -> Finished {
        self.pass_until(None);
        Finished {
            ledger: self.ledger,
            learned: self.learner.finish(),
            totals: self.totals,
        }
    }
}

/// A replay that is over.
#[derive(Debug)]
pub(super) struct Finished {
    pub(super) ledger: Ledger,
    pub(super) learned: super::learner::Learned,
    pub(super) totals: ReplayTotals,
}
