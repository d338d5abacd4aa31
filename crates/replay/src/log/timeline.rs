//! When everything of a walk happened, and in which order: what a replay needs to let it happen again.

use pointsman_lead::Timestamp;
use serde::{Deserialize, Serialize};

use super::{LogLead, line::Line, shown};

/// The column that holds it.
pub(crate) const TIMELINE: &str = "timeline";

/// A moment in the order of commits: its number, and its time in epoch microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "(i64, i64)", into = "(i64, i64)")]
pub struct CommitTime {
    /// When.
    pub at: Timestamp,
    /// Its number: what happened at one time, or while a clock was set back, goes by it.
    pub number: i64,
}

impl From<(i64, i64)> for CommitTime {
    fn from((number, at): (i64, i64)) -> Self {
        Self {
            at: Timestamp(at),
            number,
        }
    }
}

impl From<CommitTime> for (i64, i64) {
    fn from(moment: CommitTime) -> Self {
        (moment.number, moment.at.0)
    }
}

/// When everything of one lead's walk happened.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timeline {
    /// Of each step, pings, offers and the end in their order.
    pub steps: Vec<CommitTime>,
    /// Of each offer, in their order; none where no answer was stored.
    pub answers: Vec<Option<Answered>>,
    /// Whether the walk ended because its time was up.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub expired: bool,
}

/// What came back for an offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answered {
    /// When the answer was stored.
    pub moment: CommitTime,
    /// Whether it speaks against the destination's health.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub failed: bool,
    /// What was paid at once, in micro-units.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub paid: i64,
    /// What was reported later.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reports: Vec<Reported>,
}

/// What was reported of an offer after its answer, or before it was stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "WrittenReport", into = "WrittenReport")]
pub struct Reported {
    /// When.
    pub moment: CommitTime,
    /// Micro-units, negative for what is taken back.
    pub revenue: i64,
    /// +1 for a sale, -1 for one taken back.
    pub sales: i64,
    /// -1 for a returned lead that gives the units of its caps back, +1 where that is reversed.
    pub accepted: i64,
}

/// A report as it is written: with a fourth member only where caps of accepted leads are concerned.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum WrittenReport {
    Money(CommitTime, i64, i64),
    Return(CommitTime, i64, i64, i64),
}

impl From<WrittenReport> for Reported {
    fn from(written: WrittenReport) -> Self {
        let (moment, revenue, sales, accepted) = match written {
            WrittenReport::Money(moment, revenue, sales) => (moment, revenue, sales, 0),
            WrittenReport::Return(moment, revenue, sales, accepted) => {
                (moment, revenue, sales, accepted)
            }
        };
        Self {
            moment,
            revenue,
            sales,
            accepted,
        }
    }
}

impl From<Reported> for WrittenReport {
    fn from(reported: Reported) -> Self {
        let Reported {
            moment,
            revenue,
            sales,
            accepted,
        } = reported;
        match accepted {
            0 => Self::Money(moment, revenue, sales),
            _ => Self::Return(moment, revenue, sales, accepted),
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_nothing(micros: &i64) -> bool {
    *micros == 0
}

/// Reads the timeline of a row; a mistake in it is noted.
pub(super) fn read(text: &str, line: &mut Line<'_>) -> Option<Timeline> {
    let read = serde_json::from_str(text);
    if read.is_err() {
        let hint = r#"write it like {"steps": [[1, 1790000000000000]], "answers": []}; numbers count commits, times are microseconds"#;
        line.note("timeline_unreadable", TIMELINE, Some(hint), || {
            format!("{} is not a timeline", shown::value(text))
        });
    }
    read.ok()
}

/// Notes a timeline that does not fit its lead: each step has a moment, each offer a place among the answers, and nothing
/// is answered before it was offered.
pub(super) fn check(lead: &LogLead, line: &mut Line<'_>) {
    let Some(timeline) = &lead.timeline else {
        return;
    };
    let n_steps = lead.pings.len() + lead.offers.len() + usize::from(lead.end.is_some());
    let fits = timeline.steps.len() == n_steps && timeline.answers.len() == lead.offers.len();
    let is_in_order = timeline.steps.is_sorted_by_key(|step| step.number);
    if !fits || !is_in_order {
        let hint = "a moment for each ping, offer and end, by ascending numbers, and a place for the answer to each offer";
        line.note("timeline_uneven", TIMELINE, Some(hint), || {
            format!(
                "a timeline of {} steps and {} answers does not fit {n_steps} steps and {} offers",
                timeline.steps.len(),
                timeline.answers.len(),
                lead.offers.len()
            )
        });
    }
}

/// The text of a timeline in a file.
pub(super) fn text(timeline: &Timeline) -> Option<String> {
    serde_json::to_string(timeline).ok()
}

impl LogLead {
    /// The place in the order of a log at which a lead begins.
    pub(crate) fn begins(&self) -> CommitTime {
        let first = self.timeline.as_ref();
        let first = first.and_then(|timeline| timeline.steps.first().copied());
        first.unwrap_or(CommitTime {
            at: self.received_at,
            number: i64::MAX,
        })
    }

    /// Positions of its offers among its steps.
    pub(crate) fn steps_of_offers(&self) -> impl Iterator<Item = usize> {
        (0..self.offers.len()).map(|offer| {
            let pings = self.pings.iter();
            offer + pings.filter(|ping| ping.after_offers <= offer).count()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timeline_is_written_and_read_again() {
        let moment = |number, at| CommitTime {
            at: Timestamp(at),
            number,
        };
        let timeline = Timeline {
            steps: vec![moment(1, 10), moment(3, 20)],
            answers: vec![
                Some(Answered {
                    moment: moment(2, 15),
                    failed: true,
                    paid: -5,
                    reports: vec![
                        Reported {
                            moment: moment(9, 99),
                            revenue: 7,
                            sales: 1,
                            accepted: 0,
                        },
                        Reported {
                            moment: moment(10, 100),
                            revenue: -7,
                            sales: 0,
                            accepted: -1,
                        },
                    ],
                }),
                None,
            ],
            expired: true,
        };
        let written = text(&timeline).unwrap();
        assert_eq!(
            written,
            r#"{"steps":[[1,10],[3,20]],"answers":[{"moment":[2,15],"failed":true,"paid":-5,"reports":[[[9,99],7,1],[[10,100],-7,0,-1]]},null],"expired":true}"#
        );
        assert_eq!(
            serde_json::from_str::<Timeline>(&written).unwrap(),
            timeline
        );
    }
}
