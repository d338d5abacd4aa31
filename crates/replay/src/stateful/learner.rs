//! What bandits learn in a replay, and the weights that follow: by the functions of the live learner, in the time of the log.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use pointsman_bandit::{
    Allocation, BanditKey, BanditSpec, Config, EVERY_MICROS, Observation, Published, Schedule,
    State, publish_some,
};
use pointsman_flow::Program;
use pointsman_lead::Timestamp;
use pointsman_router::bandit_specs;
use serde::{Deserialize, Serialize};

use super::curve::{Curve, WeightCurve};
use crate::log::CommitTime;

/// Allocations that leads may still be decided by: one that was prepared before the newest came pins an older one.
const EPOCHS_KEPT: usize = 1_024;

/// A moment at which the service made new weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoggedLook {
    /// Number of the allocation that it made.
    pub epoch: u64,
    /// As of when, epoch microseconds.
    pub as_of: i64,
    /// The last commit that the arm state held.
    pub moment: CommitTime,
    /// Only segments were looked at in which something was observed after this number; absent: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<i64>,
}

/// When weights are made anew.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum LearningPace {
    /// As the service does: a second after something was observed, and every ten minutes.
    Service,
    /// No more often than once in so many microseconds.
    Every(i64),
    /// Never: all leads are decided by the allocations that the policy has.
    Frozen,
    /// When the service did, by the commits that it knew.
    Served(Arc<[LoggedLook]>),
}

/// When the next look is.
#[derive(Debug)]
enum When {
    Never,
    Scheduled {
        every: i64,
        schedule: Option<Schedule>,
    },
    Served(VecDeque<LoggedLook>),
}

#[derive(Debug)]
pub(super) struct Learner {
    state: State,
    specs: Vec<BanditSpec>,
    config: Config,
    when: When,
    /// The number at which something was observed last, by segment; since the last look, or all where the looks of the
    /// service say since when.
    touched: BTreeMap<BanditKey, i64>,
    /// When something was observed first since the last look.
    touched_at: Option<i64>,
    allocation: Arc<Allocation>,
    by_epoch: BTreeMap<u64, Arc<Allocation>>,
    /// Allocations that came out otherwise than those of the log.
    epochs_differ: Vec<u64>,
    n_looks: u64,
    n_failures: u64,
    curve: Curve,
}

impl Learner {
    pub(super) fn new(program: &Program, pace: &LearningPace) -> Self {
        let specs = bandit_specs(std::iter::once(program));
        let when = match pace {
            _ if specs.is_empty() => When::Never,
            LearningPace::Frozen => When::Never,
            LearningPace::Service => When::Scheduled {
                every: EVERY_MICROS,
                schedule: None,
            },
            LearningPace::Every(every) => When::Scheduled {
                every: *every,
                schedule: None,
            },
            LearningPace::Served(looks) => When::Served(looks.iter().copied().collect()),
        };
        let prior = Arc::new(Allocation::prior());
        Self {
            state: State::default(),
            curve: Curve::new(&specs),
            specs,
            config: Config::default(),
            when,
            touched: BTreeMap::new(),
            touched_at: None,
            by_epoch: BTreeMap::from([(0, Arc::clone(&prior))]),
            allocation: prior,
            epochs_differ: Vec::new(),
            n_looks: 0,
            n_failures: 0,
        }
    }

    /// Whether its allocations are those that leads are decided by.
    pub(super) fn decides(&self) -> bool {
        !matches!(self.when, When::Never)
    }

    /// Makes the weights that come before a place.
    ///
    /// * `logged`: the allocations of the log, to compare with.
    pub(super) fn pass_until(
        &mut self,
        place: Option<CommitTime>,
        logged: &BTreeMap<u64, Allocation>,
    ) {
        while let Some((at, is_all, since)) = self.next_look(place) {
            self.look(at, is_all, since);
            if let When::Served(_) = self.when {
                let epoch = self.allocation.epoch;
                if logged
                    .get(&epoch)
                    .is_some_and(|logged| *logged != *self.allocation)
                {
                    self.epochs_differ.push(epoch);
                }
            }
        }
    }

    /// The next look before a place: as of when, whether at all segments, and at those touched after which number.
    fn next_look(&mut self, place: Option<CommitTime>) -> Option<(i64, bool, i64)> {
        match &mut self.when {
            When::Never => None,
            When::Scheduled { every, schedule } => {
                let at = place?.at.0;
                let schedule = schedule.get_or_insert_with(|| Schedule::new(at, *every));
                let look = schedule.next_until(at, self.touched_at)?;
                Some((look.at, look.is_all, i64::MIN))
            }
            When::Served(looks) => {
                let is_due = |look: &mut LoggedLook| place.is_none_or(|place| look.moment < place);
                let look = looks.pop_front_if(is_due)?;
                let since = look.since.unwrap_or(i64::MIN);
                Some((look.as_of, look.since.is_none(), since))
            }
        }
    }

    fn look(&mut self, as_of: i64, is_all: bool, since: i64) {
        self.n_looks += 1;
        let touched = &self.touched;
        let is_wanted =
            |key: &BanditKey| is_all || touched.get(key).is_some_and(|number| *number > since);
        let Published {
            allocation,
            changes,
            failures,
        } = publish_some(
            &self.allocation,
            &self.state,
            as_of,
            &self.config,
            &self.specs,
            is_wanted,
        );
        self.n_failures += failures.len() as u64;
        self.touched_at = None;
        if !matches!(self.when, When::Served(_)) {
            self.touched.clear();
        }
        if changes.is_empty() {
            return;
        }
        self.curve.add(Timestamp(as_of), &changes);
        self.allocation = Arc::new(allocation);
        self.by_epoch
            .insert(self.allocation.epoch, Arc::clone(&self.allocation));
        if self.by_epoch.len() > EPOCHS_KEPT {
            self.by_epoch.pop_first();
        }
    }

    /// Takes in what was observed at a place.
    pub(super) fn observe(&mut self, observations: &[Observation], place: CommitTime) {
        for observation in observations {
            self.state.apply(observation);
            if !matches!(self.when, When::Never) {
                let key = observation.key().clone();
                self.touched.insert(key, place.number);
                self.touched_at.get_or_insert(place.at.0);
            }
        }
    }

    /// The weights that a lead is decided by.
    ///
    /// * `epoch`: that of the log, which counts where the looks are those of the service.
    pub(super) fn allocation(&self, epoch: Option<u64>) -> Arc<Allocation> {
        let pinned = epoch.filter(|_| matches!(self.when, When::Served(_)));
        let pinned = pinned.and_then(|epoch| self.by_epoch.get(&epoch));
        Arc::clone(pinned.unwrap_or(&self.allocation))
    }

    pub(super) fn finish(self) -> Learned {
        Learned {
            state: self.state,
            allocation: self.allocation,
            curves: self.curve.finish(),
            epochs_differ: self.epochs_differ,
            n_looks: self.n_looks,
            n_failures: self.n_failures,
        }
    }
}

/// What was learnt in a replay.
#[derive(Debug)]
pub(super) struct Learned {
    pub(super) state: State,
    pub(super) allocation: Arc<Allocation>,
    pub(super) curves: Vec<WeightCurve>,
    pub(super) epochs_differ: Vec<u64>,
    pub(super) n_looks: u64,
    pub(super) n_failures: u64,
}
