//! Where answers come from.

use std::fmt;

use pointsman_lead::Micros;
use pointsman_router::Answer;

use crate::log::{Answered, CommitTime, LogLead, LogOffer, Payment, Reported, Timeline};

/// An offer, or a ping, that somebody is to answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AskedOffer<'a> {
    /// The lead.
    pub(super) lead: &'a LogLead,
    /// Its position in the replay.
    pub(super) position: usize,
    /// Who is asked.
    pub(super) destination: &'a str,
    /// How many offers of the lead came before.
    pub(super) n_before: usize,
}

/// What comes back for an offer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Reply {
    /// What the destination makes of the offer.
    pub(super) answer: Answer,
    /// Whether that speaks against its health.
    pub(super) failed: bool,
    /// Microseconds from the offer to the answer.
    pub(super) after: i64,
    /// The place of the answer in the log, if it is recorded.
    pub(super) moment: Option<CommitTime>,
    /// What is paid at once, in micro-units.
    pub(super) paid: i64,
    /// What is reported later.
    pub(super) reports: Vec<Later>,
}

/// Something that is reported of an offer later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Later {
    /// Microseconds from the offer to the report.
    pub(super) after: i64,
    /// Its place in the log, if it is recorded.
    pub(super) moment: Option<CommitTime>,
    /// Micro-units, negative for what is taken back.
    pub(super) revenue: i64,
    /// +1 for a sale, -1 for one taken back.
    pub(super) sales: i64,
    /// -1 for a return that gives the units of caps back, +1 where that is reversed.
    pub(super) accepted: i64,
}

/// Where the answers of a replay come from.
pub(crate) trait AnswerSource: fmt::Debug + Sync {
    /// What comes back for an offer; none where nobody knows.
    fn offer(&self, asked: &AskedOffer<'_>) -> Option<Reply>;

    /// What a destination bids that is asked; none inside where it does not bid, none at all where nobody knows.
    #[expect(
        clippy::option_option,
        reason = "an answer that nobody knows is another thing than one without a bid"
    )]
    fn bid(&self, asked: &AskedOffer<'_>) -> Option<Option<Micros>>;
}

/// The answers that the log recorded, and nobody else's.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Recorded;

impl AnswerSource for Recorded {
    fn offer(&self, asked: &AskedOffer<'_>) -> Option<Reply> {
        let lead = asked.lead;
        let is_theirs = |offer: &LogOffer| &*offer.destination == asked.destination;
        let position = lead.offers.iter().position(is_theirs)?;
        Some(recorded(lead, position))
    }

    fn bid(&self, asked: &AskedOffer<'_>) -> Option<Option<Micros>> {
        let mut pings = asked.lead.pings.iter();
        let ping = pings.find(|ping| ping.asked.contains(asked.destination))?;
        Some(ping.bids.get(asked.destination).copied())
    }
}

/// What came back for a logged offer, with the times between.
pub(super) fn recorded(lead: &LogLead, position: usize) -> Reply {
    let offer = &lead.offers[position];
    let timed = lead.timeline.as_ref().and_then(|timeline| {
        let step = lead.steps_of_offers().nth(position)?;
        Some((timeline, timeline.steps.get(step)?.at.0))
    });
    let Some((timeline, offered_at)) = timed else {
        return untimed(lead, offer);
    };
    let Timeline { answers, .. } = timeline;
    let Some(Some(answered)) = answers.get(position) else {
        // Nothing came back, and nothing will.
        return Reply {
            answer: Answer::Unknown,
            failed: false,
            after: 0,
            moment: None,
            paid: 0,
            reports: Vec::new(),
        };
    };
    let Answered {
        moment,
        failed,
        paid,
        reports,
    } = answered;
    let later = |reported: &Reported| Later {
        after: reported.moment.at.0.saturating_sub(offered_at),
        moment: Some(reported.moment),
        revenue: reported.revenue,
        sales: reported.sales,
        accepted: reported.accepted,
    };
    Reply {
        answer: offer.answer,
        failed: *failed,
        after: moment.at.0.saturating_sub(offered_at),
        moment: Some(*moment),
        paid: *paid,
        reports: reports.iter().map(later).collect(),
    }
}

/// The same of a log that knows no times but those of payments: answers come at once.
fn untimed(lead: &LogLead, offer: &LogOffer) -> Reply {
    let came = lead.received_at.0;
    let (at_once, later): (Vec<&Payment>, Vec<&Payment>) = offer
        .payments
        .iter()
        .partition(|payment| payment.at.0 <= came);
    let paid: f64 = at_once.iter().map(|payment| payment.reward).sum();
    let reports = later.into_iter().map(|payment| Later {
        after: payment.at.0 - came,
        moment: None,
        revenue: micros(payment.reward),
        sales: sales(payment.reward),
        accepted: 0,
    });
    Reply {
        answer: offer.answer,
        failed: false,
        after: 0,
        moment: None,
        paid: if offer.payments.is_empty() {
            micros(offer.reward)
        } else {
            micros(paid)
        },
        reports: reports.collect(),
    }
}

/// A payment that comes later is a sale, and one that is taken back takes a sale back.
fn sales(reward: f64) -> i64 {
    i64::from(reward > 0.0) - i64::from(reward < 0.0)
}

/// Units of reward as micro-units.
#[expect(
    clippy::cast_possible_truncation,
    reason = "beyond what fits it is the largest that does"
)]
pub(super) fn micros(units: f64) -> i64 {
    (units * 1e6).round() as i64
}

/// Micro-units as units of reward.
#[expect(clippy::cast_precision_loss, reason = "for people; sums are integers")]
pub(super) fn units(micros: i64) -> f64 {
    micros as f64 / 1e6
}
