//! Leads that may still bring something: money often comes days after the lead.

use pointsman_lead::Timestamp;
use serde::Serialize;

use crate::{
    evaluate::ripe::{Leads, Ripe},
    log::{Late, LogLead, lead_batch::LikeLead},
    weigh::Brought,
};

const HOUR_MICROS: i64 = 3_600_000_000;

/// How long a lead may take to bring what it brings, and up to when a log knows of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Maturity {
    /// The attribution window, in microseconds; 0: what comes counts whenever it comes, and no lead is too young.
    pub window_micros: i64,
    /// Up to when outcomes are in the log.
    pub observed_until: Timestamp,
    /// Whether the log goes on after that moment, and is to be read as it was then.
    pub is_as_of: bool,
}

impl Maturity {
    /// The window that a scenario has by default: 30 days.
    pub const WINDOW_MICROS: i64 = 30 * 24 * HOUR_MICROS;

    fn has_window(self) -> bool {
        self.window_micros > 0
    }

    pub(crate) fn is_young(self, received_at: Timestamp) -> bool {
        self.has_window()
            && received_at.0.saturating_add(self.window_micros) > self.observed_until.0
    }

    /// The last moment at which money counts for a lead.
    fn counts_until(self, received_at: Timestamp) -> Timestamp {
        let window = if self.has_window() {
            received_at.0.saturating_add(self.window_micros)
        } else {
            i64::MAX
        };
        let known = if self.is_as_of {
            self.observed_until.0
        } else {
            i64::MAX
        };
        Timestamp(window.min(known))
    }
}

/// Which leads and payments of a log were counted, for a report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Matured {
    /// The attribution window in hours; 0: none.
    pub attribution_window_hours: f64,
    /// Up to when outcomes are known.
    pub observed_until: String,
    /// Whether the log was read as it was at that moment.
    pub is_as_of: bool,
    /// Leads that were counted.
    pub leads: u64,
    /// Leads that were left out, because they were younger than the window at that moment.
    pub left_out: u64,
    /// When the last of them will be old enough; none if none was left out.
    pub mature_at: Option<String>,
    /// Leads that came after that moment, where the log was read as it was then.
    pub later_leads: u64,
    /// Payments that came after the window of their lead, or after that moment.
    pub late_payments: u64,
    /// What those payments come to, in units of reward.
    pub late_rewards: f64,
}

/// Counts what is taken of a log.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Ripening {
    taken: u64,
    left_out: u64,
    newest_left_out: Option<Timestamp>,
    later_leads: u64,
    late: Late,
}

impl Ripening {
    /// The leads that are old enough, each with the money that counts.
    ///
    /// Whether a lead is left out depends on its age alone, and never on what it brought: a value of the others has no bias by it.
    pub(crate) fn take<'a>(
        &mut self,
        leads: Leads<'a>,
        maturity: Option<Maturity>,
    ) -> Vec<Ripe<'a>> {
        let all = (0..leads.len()).map(|at| leads.get(at));
        let Some(maturity) = maturity else {
            return all.collect();
        };
        all.filter_map(|lead| self.one(lead, maturity)).collect()
    }

    fn one<'a>(&mut self, mut lead: Ripe<'a>, maturity: Maturity) -> Option<Ripe<'a>> {
        let received_at = lead.received_at;
        if maturity.is_as_of && received_at > maturity.observed_until {
            self.later_leads += 1;
            return None;
        }
        if maturity.is_young(received_at) {
            self.left_out += 1;
            self.newest_left_out = self.newest_left_out.max(Some(received_at));
            return None;
        }
        self.taken += 1;
        let until = maturity.counts_until(received_at);
        lead.brought = match lead.own {
            Some(own) => self.once(own, until),
            None => self.by_offers(lead.like, until),
        };
        Some(lead)
    }

    fn once<'a>(&mut self, own: &LikeLead, until: Timestamp) -> Brought<'a> {
        if own.paid_at.is_none_or(|at| at <= until) {
            return Brought::Once(own.reward);
        }
        self.late.n += 1;
        self.late.rewards += own.reward;
        Brought::Once(0.0)
    }

    fn by_offers<'a>(&mut self, lead: &'a LogLead, until: Timestamp) -> Brought<'a> {
        if lead.offers.iter().all(|offer| offer.payments.is_empty()) {
            return Brought::All(lead);
        }
        let in_time = lead.offers.iter().map(|offer| {
            let (reward, late) = offer.brought_until(until);
            if late.n > 0 {
                self.late.n += late.n;
                self.late.rewards += late.rewards;
            }
            reward
        });
        Brought::Each(in_time.collect())
    }

    pub(crate) fn report(&self, maturity: Maturity) -> Matured {
        let Maturity {
            window_micros,
            observed_until,
            is_as_of,
        } = maturity;
        #[expect(clippy::cast_precision_loss, reason = "a window of hours for people")]
        let hours = window_micros.max(0) as f64 / HOUR_MICROS as f64;
        Matured {
            attribution_window_hours: hours,
            observed_until: observed_until.to_string(),
            is_as_of,
            leads: self.taken,
            left_out: self.left_out,
            mature_at: self
                .newest_left_out
                .map(|newest| Timestamp(newest.0.saturating_add(window_micros)).to_string()),
            later_leads: self.later_leads,
            late_payments: self.late.n,
            late_rewards: self.late.rewards,
        }
    }
}

impl Matured {
    /// What a reader should know of leads and money that were not counted; nothing if everything was.
    pub(crate) fn sentences(&self) -> Vec<String> {
        let Self {
            observed_until,
            leads,
            left_out,
            later_leads,
            late_payments,
            late_rewards,
            ..
        } = self;
        let window = self.window();
        let mut sentences = Vec::new();
        if *left_out > 0 {
            sentences.push(format!(
                "{left_out} of {} leads are left out, because they are younger than the attribution window of {window} at {observed_until}: what they will still bring is not known",
                leads + left_out
            ));
        }
        if *later_leads > 0 {
            sentences.push(format!(
                "{later_leads} leads came after {observed_until} and are not read"
            ));
        }
        if *late_payments > 0 {
            let when = match (self.attribution_window_hours > 0.0, self.is_as_of) {
                (true, true) => {
                    format!("later than {window} after their lead, or after {observed_until}")
                }
                (true, false) => format!("later than {window} after their lead"),
                (false, _) => format!("after {observed_until}"),
            };
            sentences.push(format!(
                "{late_payments} payments came {when}, and do not count: {late_rewards:.2} in all"
            ));
        }
        sentences
    }

    /// Why there may be no verdict: what is left out could have told more.
    pub(crate) fn excuse(&self) -> Option<String> {
        (self.left_out > 0).then(|| {
            format!(
                "{} leads are younger than the attribution window of {} at {}, and are left out",
                self.left_out,
                self.window(),
                self.observed_until
            )
        })
    }

    /// When what was left out will count.
    pub(crate) fn when_mature(&self) -> Option<String> {
        let mature_at = self.mature_at.as_ref()?;
        Some(format!(
            "wait: the {} leads that are left out will all be old enough at {mature_at}",
            self.left_out
        ))
    }

    fn window(&self) -> String {
        let hours = self.attribution_window_hours;
        if hours % 24.0 == 0.0 {
            format!("{} days", hours / 24.0)
        } else {
            format!("{hours} hours")
        }
    }
}
