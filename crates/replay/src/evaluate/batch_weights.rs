//! Leads of a batch under both policies, weighed on all cores.

use std::{borrow::Cow, thread};

use crate::{
    load::Load,
    log::LogLead,
    policy::Policy,
    weigh::{LeadWeight, Reading, weigh},
};

/// Leads that a thread takes at once; fewer are not worth a thread.
const SHARE_MIN: usize = 256;

/// The weights of a batch, lead by lead.
pub(super) struct BatchWeights {
    pub(super) candidate: Vec<LeadWeight>,
    pub(super) baseline: Vec<LeadWeight>,
    /// What the candidate would ask of capped destinations.
    pub(super) loads: Vec<Load>,
}

impl BatchWeights {
    /// Weighs leads. What comes out does not depend on how many cores there are.
    pub(super) fn new(
        leads: &[Cow<'_, LogLead>],
        [candidate, baseline]: [&Policy; 2],
        reading: Reading<'_>,
    ) -> Self {
        let n_threads = thread::available_parallelism().map_or(1, usize::from);
        let share = leads.len().div_ceil(n_threads).max(SHARE_MIN);
        let some = |leads: &[Cow<'_, LogLead>]| {
            let mut some = Self::with_capacity(leads.len());
            for lead in leads {
                let mut load = Load::default();
                let of_candidate = weigh(candidate, lead, reading, Some(&mut load));
                some.candidate.push(of_candidate);
                some.baseline.push(weigh(baseline, lead, reading, None));
                some.loads.push(load);
            }
            some
        };
        let some = &some;
        let shares: Vec<Self> = thread::scope(|scope| {
            let workers: Vec<_> = leads
                .chunks(share)
                .map(|leads| scope.spawn(move || some(leads)))
                .collect();
            let shares = workers.into_iter().map(|worker| {
                let share = worker.join();
                share.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            });
            shares.collect()
        });
        let mut all = Self::with_capacity(leads.len());
        for share in shares {
            all.candidate.extend(share.candidate);
            all.baseline.extend(share.baseline);
            all.loads.extend(share.loads);
        }
        all
    }

    fn with_capacity(n_leads: usize) -> Self {
        Self {
            candidate: Vec::with_capacity(n_leads),
            baseline: Vec::with_capacity(n_leads),
            loads: Vec::with_capacity(n_leads),
        }
    }

    /// Weights of one lead after the other, of the candidate and of the baseline.
    pub(super) fn pairs(&self) -> impl Iterator<Item = [&LeadWeight; 2]> {
        let pairs = self.candidate.iter().zip(&self.baseline);
        pairs.map(|(candidate, baseline)| [candidate, baseline])
    }
}
