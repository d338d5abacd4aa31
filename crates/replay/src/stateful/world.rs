//! A world whose truth is known, as the source of answers: who accepts how many leads, what that pays, and when.
//!
//! The file is that of the learning bench (`docs/src/worlds.md`). Its arms are destinations; leads come from the log, and caps, weights
//! and what becomes of refused leads from flow and catalog, so that what the file says of these does not count.

use std::{collections::BTreeMap, sync::Arc};

use pointsman_lead::{FieldIdx, Micros, Timestamp, Value};
use pointsman_router::Answer;
use serde::Deserialize;

use super::{
    answers::{AnswerSource, AskedOffer, Later, Reply, micros},
    draws::unit,
};
use laws::{Delay, Number, Payout};

mod laws;

/// Microseconds of a day.
const DAY: f64 = 86_400e6;

/// A world as its file says it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct World {
    arms: Vec<Arm>,
    #[serde(default)]
    segments: Vec<Segment>,
    #[serde(default)]
    drift: Vec<Drift>,
    // What a bench needs beside the truth, and a replay does not.
    #[serde(default, rename = "about")]
    _about: String,
    #[serde(default, rename = "days")]
    _days: f64,
    #[serde(default, rename = "leads_a_day")]
    _leads_a_day: f64,
    #[serde(default, rename = "update_minutes")]
    _update_minutes: f64,
    #[serde(default, rename = "objective")]
    _objective: String,
    #[serde(default, rename = "explore")]
    _explore: f64,
    #[serde(default, rename = "reps")]
    _reps: Option<u64>,
    #[serde(default, rename = "reps_of")]
    _reps_of: BTreeMap<String, u64>,
    #[serde(default, rename = "fallback")]
    _fallback: String,
    #[serde(default, rename = "settings")]
    _settings: toml::Table,
    #[serde(default, rename = "expect")]
    _expect: Vec<toml::Table>,
}

/// A buyer, or several that are alike.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Arm {
    name: String,
    #[serde(default = "one")]
    count: usize,
    #[serde(default = "always")]
    accept: Number,
    #[serde(default = "never")]
    no_answer: Number,
    #[serde(default = "nothing")]
    at_once: Payout,
    #[serde(default)]
    conversions: Vec<Conversion>,
    #[serde(default, rename = "cap_a_day")]
    _cap_a_day: Option<u32>,
    #[serde(default)]
    segments: BTreeMap<String, InSegment>,
}

fn one() -> usize {
    1
}

fn always() -> Number {
    Number::Fixed(1.0)
}

fn never() -> Number {
    Number::Fixed(0.0)
}

fn nothing() -> Payout {
    Payout::Fixed(0.0)
}

fn same() -> f64 {
    1.0
}

/// Money that comes later.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Conversion {
    #[serde(default, rename = "kind")]
    _kind: String,
    rate: Number,
    payout: Payout,
    delay: Delay,
}

/// What differs in a segment.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct InSegment {
    accept: Option<Number>,
    no_answer: Option<Number>,
    at_once: Option<Payout>,
    conversions: Option<Vec<Conversion>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Segment {
    name: String,
    #[serde(default, rename = "count")]
    _count: Option<usize>,
    #[serde(default, rename = "share")]
    _share: f64,
    #[serde(default, rename = "from_day")]
    _from_day: f64,
}

/// A change of one arm from a day on.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Drift {
    arm: String,
    day: f64,
    #[serde(default = "same")]
    accept: f64,
    #[serde(default = "same")]
    rate: f64,
    #[serde(default = "same")]
    payout: f64,
}

impl World {
    /// Whether leads are of several kinds.
    pub(crate) fn has_segments(&self) -> bool {
        !self.segments.is_empty()
    }

    /// Why its numbers make no world; none where they do.
    pub(crate) fn problem(&self) -> Option<String> {
        if self.arms.is_empty() {
            return Some("there is no arm".to_owned());
        }
        let problems = self.arms.iter().filter_map(|arm| {
            let conversions = &arm.conversions;
            let problem = Arm::problem((arm.accept, arm.no_answer), &arm.at_once, conversions);
            let mut own = arm.segments.values().filter_map(|it| {
                let accept = it.accept.unwrap_or(arm.accept);
                let no_answer = it.no_answer.unwrap_or(arm.no_answer);
                let at_once = it.at_once.as_ref().unwrap_or(&arm.at_once);
                let conversions = it.conversions.as_ref().unwrap_or(conversions);
                Arm::problem((accept, no_answer), at_once, conversions)
            });
            let problem = problem.or_else(|| own.next())?;
            Some(format!("arm `{}`: {problem}", arm.name))
        });
        let mut drift = self.drift.iter();
        let stranger = drift.find(|drift| self.arms.iter().all(|arm| arm.name != drift.arm));
        let stranger = stranger.map(|drift| format!("`{}` drifts and is no arm", drift.arm));
        problems.chain(stranger).next()
    }

    /// The arm of a destination; arms that are alike are numbered from 1.
    fn arm(&self, destination: &str) -> Option<&Arm> {
        self.arms.iter().find(|arm| {
            if arm.count <= 1 {
                return arm.name == destination;
            }
            let number = destination.strip_prefix(&arm.name);
            let number = number.and_then(|rest| rest.strip_prefix('-'));
            let number = number.and_then(|number| number.parse::<usize>().ok());
            number.is_some_and(|number| (1..=arm.count).contains(&number))
        })
    }
}

impl Arm {
    fn problem(
        (accept, no_answer): (Number, Number),
        at_once: &Payout,
        conversions: &[Conversion],
    ) -> Option<String> {
        let is_rate = |number: Number| {
            let [least, most] = number.range();
            least >= 0.0 && most <= 1.0
        };
        if !is_rate(accept) || !is_rate(no_answer) || accept.range()[1] + no_answer.range()[1] > 1.0
        {
            return Some(
                "accept and no_answer are parts of the leads, together at most 1".to_owned(),
            );
        }
        let later = conversions.iter().find_map(|it| {
            if !is_rate(it.rate) {
                return Some("a rate is a part of 1".to_owned());
            }
            it.payout.problem().or_else(|| it.delay.problem())
        });
        at_once.problem().or(later)
    }
}

/// A world whose draws are made by one seed.
#[derive(Debug, Clone)]
pub(crate) struct SeededWorld {
    world: Arc<World>,
    /// The lead field whose value names the segment.
    segment_by: Option<FieldIdx>,
    seed: u64,
    /// When day 0 begins.
    begin: Timestamp,
}

impl SeededWorld {
    pub(crate) fn new(
        world: &Arc<World>,
        segment_by: Option<FieldIdx>,
        seed: u64,
        begin: Timestamp,
    ) -> Self {
        Self {
            world: Arc::clone(world),
            segment_by,
            seed,
            begin,
        }
    }

    fn in_segment<'a>(
        &'a self,
        arm: &'a Arm,
        asked: &AskedOffer<'_>,
    ) -> (u64, Option<&'a InSegment>) {
        let value = self
            .segment_by
            .and_then(|field| asked.lead.fields.get(field));
        let Some(Value::Text(name)) = value else {
            return (0, None);
        };
        let mut segments = self.world.segments.iter();
        let position = segments.position(|segment| segment.name == *name);
        let position = position.map_or(0, |position| position as u64 + 1);
        (position, arm.segments.get(name))
    }

    /// Factors of an arm on the day of a lead: of what it accepts, of its rates, and of what it pays.
    fn factors(&self, arm: &Arm, at: Timestamp) -> [f64; 3] {
        #[expect(clippy::cast_precision_loss, reason = "days need no more")]
        let day = (at.0 - self.begin.0) as f64 / DAY;
        let drift = self.world.drift.iter();
        let drift = drift.filter(|drift| drift.arm == arm.name && drift.day <= day);
        drift.fold([1.0; 3], |[accept, rate, payout], drift| {
            [
                accept * drift.accept,
                rate * drift.rate,
                payout * drift.payout,
            ]
        })
    }
}

impl AnswerSource for SeededWorld {
    fn offer(&self, asked: &AskedOffer<'_>) -> Option<Reply> {
        let arm = self.world.arm(asked.destination)?;
        let (segment, own) = self.in_segment(arm, asked);
        let lead = asked.position as u64;
        // Arms that are alike have draws of their own.
        let who = name_hash(asked.destination);
        let draw = |what: u64| unit(self.seed, [lead, who, what]);
        let once = |what: u64| unit(self.seed, [who, segment, what | 1 << 32]);
        let [f_accept, f_rate, f_payout] = self.factors(arm, asked.lead.received_at);
        let number = |number: Number, what: u64| number.at(once(what));
        let accept = own.and_then(|it| it.accept).unwrap_or(arm.accept);
        let accept = (number(accept, 0) * f_accept).min(1.0);
        let no_answer = own.and_then(|it| it.no_answer).unwrap_or(arm.no_answer);
        let chance = draw(0);
        let answer = if chance < accept {
            Answer::Accepted
        } else if chance < accept + number(no_answer, 1) {
            Answer::Unknown
        } else {
            Answer::Rejected
        };
        let mut reply = Reply {
            answer,
            failed: answer == Answer::Unknown,
            after: 0,
            moment: None,
            paid: 0,
            reports: Vec::new(),
        };
        if answer != Answer::Accepted {
            return Some(reply);
        }
        let at_once = own.and_then(|it| it.at_once.as_ref());
        reply.paid = micros(at_once.unwrap_or(&arm.at_once).at(draw(1)) * f_payout);
        let conversions = own.and_then(|it| it.conversions.as_ref());
        let conversions = conversions.unwrap_or(&arm.conversions);
        for (n, conversion) in (0_u64..).zip(conversions) {
            let what = 16 + 4 * n;
            if draw(what) >= number(conversion.rate, what) * f_rate {
                continue;
            }
            let revenue = micros(conversion.payout.at(draw(what + 1)) * f_payout);
            let days = conversion.delay.at(draw(what + 2), draw(what + 3));
            reply.reports.push(Later {
                after: micros(days * DAY / 1e6),
                moment: None,
                revenue,
                sales: i64::from(revenue > 0),
                accepted: 0,
            });
        }
        Some(reply)
    }

    /// A world knows no bids.
    fn bid(&self, _asked: &AskedOffer<'_>) -> Option<Option<Micros>> {
        None
    }
}

/// FNV-1a: a number for a name, the same everywhere.
fn name_hash(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests;
