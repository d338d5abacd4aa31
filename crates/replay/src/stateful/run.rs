//! The replays of one run, side by side: both policies, under each seed, and the live version as it served.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use pointsman_lead::{FieldIdx, Timestamp};

use super::{
    answers::{AnswerSource, Recorded, micros, units},
    compared::{SeedMoney, Seeds, StatefulDifference, StatefulReport},
    learner::LearningPace,
    machine::{Finished, Machine, Setting},
    model::{Model, ModelPlan},
    service::{ServiceCheck, ServiceState},
    totals::Fate,
    world::{SeededWorld, World},
};
use crate::{
    log::LogLead,
    policy::{Allocations, FlowPolicy, Policy},
};

/// Where the answers of a stateful replay come from.
#[derive(Debug, Clone)]
pub(crate) enum AnswersFrom {
    /// The log.
    Recorded,
    /// A model that is fitted to the log.
    Model(ModelPlan),
    /// A world whose truth is known, and the lead field that names its segments.
    World(Arc<World>, Option<FieldIdx>),
}

/// What a scenario asks of a stateful replay.
#[derive(Debug, Clone)]
pub(crate) struct StatefulPlan {
    pub(crate) from: AnswersFrom,
    /// How many seeds of a model or a world, and the first of them.
    pub(crate) seeds: u64,
    pub(crate) first_seed: u64,
    pub(crate) pace: LearningPace,
    /// What the service came to, where the log is of one.
    pub(crate) service: Option<Arc<ServiceState>>,
}

impl StatefulPlan {
    /// The answers of each seed.
    ///
    /// * `model`: fitted, if the plan has one.
    /// * `begin`: when the log begins.
    pub(crate) fn answers(
        &self,
        model: Option<Model>,
        begin: Timestamp,
    ) -> Vec<Box<dyn AnswerSource>> {
        let seeds = self.first_seed..self.first_seed.saturating_add(self.seeds);
        let model = model.map(Arc::new);
        match (&self.from, model) {
            (AnswersFrom::World(world, segment_by), _) => seeds
                .map(|seed| {
                    let seeded = SeededWorld::new(world, *segment_by, seed, begin);
                    Box::new(seeded) as Box<dyn AnswerSource>
                })
                .collect(),
            (_, Some(model)) => seeds
                .map(|seed| Box::new(model.seeded(seed)) as Box<dyn AnswerSource>)
                .collect(),
            (_, None) => vec![Box::new(Recorded)],
        }
    }

    /// Whether answers are those that the log recorded.
    fn is_recorded(&self) -> bool {
        matches!(self.from, AnswersFrom::Recorded)
    }

    /// The word for where answers come from.
    fn word(&self) -> &'static str {
        match self.from {
            AnswersFrom::Recorded => "recorded",
            AnswersFrom::Model(_) => "model",
            AnswersFrom::World(..) => "world",
        }
    }
}

/// What a lane replays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Candidate,
    Baseline,
    Service,
}

#[derive(Debug)]
struct Lane<'a> {
    role: Role,
    machine: Machine<'a>,
}

/// Stateful replays under way.
#[derive(Debug)]
pub(crate) struct StatefulRun<'a> {
    plan: &'a StatefulPlan,
    lanes: Vec<Lane<'a>>,
    served_by: Option<&'a FlowPolicy>,
    is_logged_baseline: bool,
    /// What each lead brought in the log.
    logged: Vec<Fate>,
    /// All leads, where they have to be put in order first.
    unsorted: Option<Vec<Arc<LogLead>>>,
    notes: Vec<String>,
}

/// The policies of a run, and what is known of its log.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Compared<'a> {
    pub(crate) candidate: &'a FlowPolicy,
    pub(crate) baseline: &'a Policy,
    pub(crate) known: &'a BTreeSet<Arc<str>>,
    /// Whether leads come in the order of their times.
    pub(crate) is_in_order: bool,
}

impl<'a> StatefulRun<'a> {
    /// * `answers`: of each seed, as the plan has made them.
    pub(crate) fn new(
        plan: &'a StatefulPlan,
        compared: Compared<'a>,
        answers: &'a [Box<dyn AnswerSource>],
    ) -> Self {
        let Compared {
            candidate,
            baseline,
            known,
            is_in_order,
        } = compared;
        let baseline = match baseline {
            Policy::Flow(flow) => Some(&**flow),
            Policy::Logged => None,
        };
        let lane = |role, flow, answers: &'a dyn AnswerSource, pace, compares| Lane {
            role,
            machine: Machine::new(Setting {
                flow,
                known,
                answers,
                pace,
                compares,
            }),
        };
        let mut lanes = Vec::new();
        for (n, answers) in answers.iter().enumerate() {
            let pace = || plan.pace.clone();
            // What depends on other leads is counted once.
            lanes.push(lane(Role::Candidate, candidate, &**answers, pace(), n == 0));
            lanes.extend(
                baseline.map(|flow| lane(Role::Baseline, flow, &**answers, pace(), n == 0)),
            );
        }
        let service = plan.service.as_ref().filter(|_| plan.is_recorded());
        let served_by = service.and_then(|service| {
            let is_live =
                |flow: &&FlowPolicy| flow.program.flow_hash().to_string() == service.version;
            [Some(candidate), baseline]
                .into_iter()
                .flatten()
                .find(is_live)
        });
        let mut notes = Vec::new();
        if let Some(service) = service {
            match served_by {
                Some(flow) => {
                    let pace = LearningPace::Served(service.looks.clone().into());
                    lanes.push(lane(Role::Service, flow, &Recorded, pace, false));
                }
                None => notes.push(
                    "neither candidate nor baseline is the version that was live at the end of the log: it is not held against the service"
                        .to_owned(),
                ),
            }
        }
        if !is_in_order {
            notes.push("the log is not in the order of time: all of it was held in memory to put it in order".to_owned());
        }
        Self {
            plan,
            lanes,
            served_by,
            is_logged_baseline: baseline.is_none(),
            logged: Vec::new(),
            unsorted: (!is_in_order).then(Vec::new),
            notes,
        }
    }

    /// Keeps what a reader should know.
    pub(crate) fn note(&mut self, note: String) {
        self.notes.push(note);
    }

    /// Takes more leads in.
    pub(crate) fn add(&mut self, leads: Vec<LogLead>) {
        let leads = leads.into_iter().map(Arc::new);
        match &mut self.unsorted {
            Some(unsorted) => unsorted.extend(leads),
            None => self.pass(&leads.collect::<Vec<_>>()),
        }
    }

    fn pass(&mut self, leads: &[Arc<LogLead>]) {
        let of_log = leads.iter().map(|lead| Fate {
            revenue: lead.offers.iter().map(|offer| micros(offer.reward)).sum(),
            is_known: true,
        });
        self.logged.extend(of_log);
        let n_threads = std::thread::available_parallelism().map_or(1, usize::from);
        let share = self.lanes.len().div_ceil(n_threads).max(1);
        let take = |lanes: &mut [Lane<'_>]| {
            for lane in lanes {
                for lead in leads {
                    lane.machine.take(lead);
                }
            }
        };
        let take = &take;
        std::thread::scope(|scope| {
            let workers: Vec<_> = self
                .lanes
                .chunks_mut(share)
                .map(|lanes| scope.spawn(move || take(lanes)))
                .collect();
            for worker in workers {
                worker
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            }
        });
    }

    /// Lets everything happen that is still to come, and tells what was found.
    pub(crate) fn finish(mut self) -> StatefulReport {
        if let Some(mut leads) = self.unsorted.take() {
            leads.sort_by_key(|lead| lead.begins());
            self.pass(&leads);
        }
        let Self {
            plan,
            lanes,
            served_by,
            is_logged_baseline,
            logged,
            mut notes,
            ..
        } = self;
        let mut finished: Vec<(Role, Finished)> = Vec::new();
        finished.extend(
            lanes
                .into_iter()
                .map(|lane| (lane.role, lane.machine.finish())),
        );
        let of = |role| {
            let lanes = finished.iter().filter(move |(known, _)| *known == role);
            lanes.map(|(_, finished)| finished)
        };
        let candidates: Vec<&Finished> = of(Role::Candidate).collect();
        let baselines: Vec<&Finished> = of(Role::Baseline).collect();
        let service = plan.service.as_deref().zip(of(Role::Service).next());
        let service = service.map(|(service, finished)| {
            ServiceCheck::of(service, finished, &allocations_of(served_by))
        });
        let outcome = |finished: &Finished| finished.totals.finish(&finished.learned, true);
        let fates = match baselines.first() {
            Some(baseline) => baseline.totals.fates.as_ref(),
            // What is drawn is not compared with what happened.
            None => (plan.is_recorded() && is_logged_baseline).then_some(&logged),
        };
        let both = candidates[0].totals.fates.as_ref().zip(fates);
        let difference = both.map(|(of, against)| StatefulDifference::of(of, against));
        notes.extend(remarks(plan, candidates[0], is_logged_baseline));
        StatefulReport {
            format: StatefulReport::FORMAT,
            answers: plan.word().to_owned(),
            meaning: meaning(&plan.from).to_owned(),
            learning: learning(&plan.pace),
            logged_revenue: units(logged.iter().map(|fate| fate.revenue).sum()),
            candidate: outcome(candidates[0]),
            baseline: baselines.first().map(|baseline| outcome(baseline)),
            difference,
            seeds: (!plan.is_recorded()).then(|| seeds(plan, &candidates, &baselines)),
            service,
            notes,
        }
    }
}

fn allocations_of(flow: Option<&FlowPolicy>) -> BTreeMap<u64, pointsman_bandit::Allocation> {
    match flow.map(|flow| &flow.allocations) {
        Some(Allocations::Logged { by_epoch, .. }) => by_epoch.clone(),
        _ => BTreeMap::new(),
    }
}

fn seeds(plan: &StatefulPlan, candidates: &[&Finished], baselines: &[&Finished]) -> Seeds {
    let money = |finished: &Finished| units(finished.totals.revenue());
    let each = candidates
        .iter()
        .enumerate()
        .map(|(n, candidate)| SeedMoney {
            seed: plan.first_seed.saturating_add(n as u64),
            candidate: money(candidate),
            baseline: baselines.get(n).map(|baseline| money(baseline)),
        });
    Seeds::of(each.collect())
}

/// What a reader is told of the answers.
fn meaning(from: &AnswersFrom) -> &'static str {
    match from {
        AnswersFrom::Model(_) => {
            "answers are drawn from a model that was fitted to this log: the money is that of the model, as far as leads are alike that it takes for alike. It never decides a verdict"
        }
        AnswersFrom::World(..) => {
            "answers are drawn from a world whose truth is known, as its file says: the money is that of the world, whatever the log says. It never decides a verdict"
        }
        AnswersFrom::Recorded => {
            "answers are those that the log recorded; what it never offered is not known, and such leads are left out of both sums. The others are no sample of all leads, so there is no interval, and no verdict rests on this"
        }
    }
}

fn learning(pace: &LearningPace) -> String {
    match pace {
        LearningPace::Service => {
            "new weights as the service makes them: a second after something was observed, and every ten minutes".to_owned()
        }
        LearningPace::Every(micros) => {
            format!("new weights at most every {} seconds", micros / 1_000_000)
        }
        LearningPace::Frozen => "no new weights: those of the log".to_owned(),
        LearningPace::Served(_) => "new weights when the service made them".to_owned(),
    }
}

fn remarks(plan: &StatefulPlan, candidate: &Finished, is_logged_baseline: bool) -> Vec<String> {
    let mut notes = Vec::new();
    let totals = &candidate.totals;
    if !plan.is_recorded() && is_logged_baseline {
        notes.push("the baseline is what was done: what is drawn is not compared with what happened; name a flow as the baseline".to_owned());
    }
    if !totals.revenue_is_known() {
        notes.push("a destination keeps the cap unit of an offer whose answer nobody knows, and a bandit counts it as a lead without an answer, as the service does with answers that do not come".to_owned());
    }
    if candidate.learned.n_failures > 0 {
        notes.push(format!(
            "{} times no new weights were found for a segment; it kept its old ones",
            candidate.learned.n_failures
        ));
    }
    notes
}
