//! What is asked of metrics, and everything that may be wrong with it.

use std::collections::BTreeSet;

use pointsman_lead::{Problem, Timestamp, Zone};
use pointsman_store::RollupQuery;

use super::{is, part};
use crate::{LeadStatus, rollup::HOUR};

/// Most things that are told apart.
const BY_MAX: usize = 3;
/// Most groups with points of their own.
const GROUPS_MAX: usize = 1_000;
/// Longest time that is asked about, in days.
const DAYS_MAX: i64 = 3_660;
/// Microseconds of a day of 24 hours.
const DAY: i64 = 24 * HOUR;

/// Something that leads are told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MetricsDimension {
    /// The flow.
    Flow,
    /// The version that decided, by its hash.
    Version,
    /// Who sent it.
    Source,
    /// Who was offered it.
    Destination,
    /// The node that drew, in the first draw of the node for the lead.
    Node,
    /// The arm that was drawn.
    Arm,
    /// The segment of the bandit that drew.
    Segment,
    /// How far the lead has come.
    Status,
}

impl MetricsDimension {
    fn part(self) -> usize {
        match self {
            Self::Flow => part::FLOW,
            Self::Version => part::VERSION,
            Self::Source => part::SOURCE,
            Self::Destination => part::DESTINATION,
            Self::Node => part::NODE,
            Self::Arm => part::ARM,
            Self::Segment => part::SEGMENT,
            Self::Status => part::STATUS,
        }
    }

    fn word(self) -> &'static str {
        pointsman_store::ROLLUP_PARTS[self.part()]
    }
}

/// How much time a point is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetricsBucket {
    /// An hour.
    Hour,
    /// A day of the zone.
    Day,
    /// All of it.
    Total,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetricsQuestion {
    /// Leads that came then or later; default: a week before `until`, and 30 days for days and totals.
    pub from: Option<Timestamp>,
    /// Leads that came before; default: now.
    pub until: Option<Timestamp>,
    /// Leads with these values alone.
    pub only: Vec<(MetricsDimension, String)>,
    /// The status that they have alone.
    pub status: Option<LeadStatus>,
    /// What to tell apart, at most three.
    pub by: Vec<MetricsDimension>,
    /// How much time a point is about.
    pub bucket: MetricsBucket,
    /// The zone of days.
    pub zone: String,
    /// How many values have points of their own, 1 to 1,000; those with most leads.
    pub groups: usize,
}

/// A question without mistakes.
pub(super) struct Asked<'a> {
    question: &'a MetricsQuestion,
    /// The start of an hour.
    pub(super) from: Timestamp,
    /// Likewise.
    pub(super) until: Timestamp,
    /// Of each day, the end of the last one among them.
    days: Vec<i64>,
}

impl MetricsQuestion {
    /// # Errors
    ///
    /// Everything that is wrong with it.
    pub(super) fn read(&self, now: Timestamp) -> Result<Asked<'_>, Vec<Problem>> {
        let mut problems = self.problems();
        let until = self.until.unwrap_or(now);
        let days = if self.bucket == MetricsBucket::Hour {
            7
        } else {
            30
        };
        let from = self.from.unwrap_or_else(|| until.plus(-days * DAY));
        if from >= until {
            let problem = Problem::new("empty_range", "filter.from", "`from` is not before `to`");
            problems.push(problem.hint("omit `from`, or name an earlier time"));
        } else if until.0.saturating_sub(from.0) > DAYS_MAX * DAY {
            let message =
                format!("the time between `from` and `to` is longer than {DAYS_MAX} days");
            problems.push(Problem::new("too_long", "filter.from", message));
        }
        let zone = Zone::parse(&self.zone);
        if let Err(error) = &zone {
            problems.push(Problem::new("unknown_zone", "zone", error.to_string()));
        }
        let Some(zone) = zone.ok().filter(|_| problems.is_empty()) else {
            return Err(problems);
        };
        let mut asked = Asked {
            question: self,
            from: Timestamp(from.0.div_euclid(HOUR).saturating_mul(HOUR)),
            until: Timestamp(-(-until.0).div_euclid(HOUR).saturating_mul(HOUR)),
            days: Vec::new(),
        };
        if self.bucket == MetricsBucket::Day {
            asked
                .use_days(&zone, (from, until))
                .map_err(|it| vec![it])?;
        }
        Ok(asked)
    }

    fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.by.len() > BY_MAX {
            let message = format!(
                "{} dimensions are asked for; at most {BY_MAX}",
                self.by.len()
            );
            problems.push(Problem::new("too_many", "by", message).hint("filter by the others"));
        }
        let distinct: BTreeSet<MetricsDimension> = self.by.iter().copied().collect();
        if distinct.len() < self.by.len() {
            problems.push(Problem::new(
                "duplicate",
                "by",
                "a dimension is named twice",
            ));
        }
        let only: BTreeSet<MetricsDimension> = self.only.iter().map(|(it, _)| *it).collect();
        let all: BTreeSet<MetricsDimension> = distinct.union(&only).copied().collect();
        for dimension in [MetricsDimension::Arm, MetricsDimension::Segment] {
            if all.contains(&dimension) && !all.contains(&MetricsDimension::Node) {
                let path = if distinct.contains(&dimension) {
                    "by".to_owned()
                } else {
                    format!("filter.{}", dimension.word())
                };
                let message = format!(
                    "{} belong to nodes, and no node is asked for",
                    words(dimension)
                );
                let problem = Problem::new("needs_node", path, message);
                problems.push(problem.hint("add NODE to `by`, or `node` to the filter"));
            }
        }
        if !(1..=GROUPS_MAX).contains(&self.groups) {
            let message = format!("`groups` is {}; it must be 1 to {GROUPS_MAX}", self.groups);
            problems.push(Problem::new("out_of_range", "groups", message));
        }
        problems
    }
}

fn words(dimension: MetricsDimension) -> &'static str {
    if dimension == MetricsDimension::Arm {
        "arms"
    } else {
        "segments"
    }
}

impl Asked<'_> {
    /// Takes whole days of a zone.
    fn use_days(
        &mut self,
        zone: &Zone,
        (from, until): (Timestamp, Timestamp),
    ) -> Result<(), Problem> {
        let mut start = zone.day_start(from);
        self.from = start;
        while start < until {
            // Days have 23 to 25 hours.
            let next = zone.day_start(start.plus(DAY + DAY / 4));
            self.days.push(next.0);
            start = next;
        }
        self.until = start;
        let is_uneven = |at: &i64| at.rem_euclid(HOUR) != 0;
        if is_uneven(&self.from.0) || self.days.iter().any(is_uneven) {
            let message = format!("days of {} do not begin at a full hour of UTC", zone.name());
            let problem = Problem::new("zone_between_hours", "zone", message);
            return Err(problem
                .hint("leads are added up by hours of UTC; ask for hours, or for days of UTC"));
        }
        Ok(())
    }

    /// How many hours or days a point is about so that there are no more than so many, and the points.
    pub(super) fn buckets(&self, n_max: usize) -> (usize, Vec<(i64, i64)>) {
        let ends: Vec<i64> = match self.question.bucket {
            MetricsBucket::Total => vec![self.until.0],
            MetricsBucket::Day => self.days.clone(),
            MetricsBucket::Hour => {
                let hours = (self.until.0 - self.from.0) / HOUR;
                (1..=hours).map(|n| self.from.0 + n * HOUR).collect()
            }
        };
        let step = ends.len().div_ceil(n_max).max(1);
        let mut from = self.from.0;
        let buckets = ends.chunks(step).filter_map(|chunk| {
            let until = *chunk.last()?;
            Some((std::mem::replace(&mut from, until), until))
        });
        (step, buckets.collect())
    }

    /// What to add up in these buckets.
    pub(super) fn query(&self, buckets: Vec<(i64, i64)>) -> RollupQuery {
        let MetricsQuestion {
            only, status, by, ..
        } = self.question;
        let mut values: Vec<(usize, String)> = only
            .iter()
            .map(|(dimension, value)| (dimension.part(), is(value)))
            .collect();
        values.extend(status.map(|status| (part::STATUS, is(status.word()))));
        let by: Vec<usize> = by.iter().map(|dimension| dimension.part()).collect();
        let is_asked =
            |wanted: usize| by.contains(&wanted) || values.iter().any(|(part, _)| *part == wanted);
        // Which set of cells: each lead is once in each.
        let mut told_apart = vec![
            (part::DESTINATION, is_asked(part::DESTINATION)),
            (part::NODE, is_asked(part::NODE)),
        ];
        if is_asked(part::SEGMENT) {
            told_apart.push((part::SEGMENT, true));
        }
        RollupQuery {
            buckets,
            by,
            only: values,
            told_apart,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question() -> MetricsQuestion {
        MetricsQuestion {
            from: None,
            until: None,
            only: Vec::new(),
            status: None,
            by: Vec::new(),
            bucket: MetricsBucket::Hour,
            zone: "UTC".to_owned(),
            groups: 20,
        }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn every_mistake_of_a_question_is_told_at_once() {
        use MetricsDimension::{Arm, Flow, Segment, Source};
        let wrong = MetricsQuestion {
            from: Some(at("2026-03-02T00:00:00Z")),
            until: Some(at("2026-03-01T00:00:00Z")),
            only: vec![(Segment, "CA".to_owned())],
            by: vec![Flow, Source, Arm, Flow],
            zone: "Mars/Olympus".to_owned(),
            groups: 0,
            ..question()
        };
        let problems = wrong.read(Timestamp(0)).err().unwrap();
        let found: Vec<String> = problems
            .iter()
            .map(|problem| format!("{} {}", problem.code, problem.path))
            .collect();
        assert_eq!(
            found,
            [
                "too_many by",
                "duplicate by",
                "needs_node by",
                "needs_node filter.segment",
                "out_of_range groups",
                "empty_range filter.from",
                "unknown_zone zone",
            ]
        );
        let far = MetricsQuestion {
            from: Some(Timestamp(i64::MIN)),
            ..question()
        };
        assert_eq!(far.read(Timestamp(0)).err().unwrap()[0].code, "too_long");
    }

    #[test]
    fn points_are_as_many_as_may_be_and_cover_all_of_the_time() {
        let year = MetricsQuestion {
            from: Some(at("2026-01-01T00:20:00Z")),
            until: Some(at("2027-01-01T00:00:00Z")),
            ..question()
        };
        let asked = year.read(Timestamp(0)).ok().unwrap();
        let (step, buckets) = asked.buckets(2_000);
        assert_eq!((step, buckets.len()), (5, 1_752));
        assert_eq!(buckets[0].0, at("2026-01-01T00:00:00Z").0);
        assert_eq!(buckets[1_751].1, at("2027-01-01T00:00:00Z").0);
        assert!(buckets.windows(2).all(|pair| pair[0].1 == pair[1].0));
        assert_eq!(asked.buckets(1).1.len(), 1);
    }

    #[test]
    fn days_are_those_of_the_zone_also_where_clocks_change() {
        let days = |zone: &str| {
            let days = MetricsQuestion {
                from: Some(at("2026-03-07T12:00:00Z")),
                until: Some(at("2026-03-09T12:00:00Z")),
                bucket: MetricsBucket::Day,
                zone: zone.to_owned(),
                ..question()
            };
            let asked = days.read(Timestamp(0)).map_err(|it| it[0].code.clone());
            asked.map(|asked| asked.buckets(100).1)
        };
        // Clocks are put forward on the 8th.
        let york = [
            (at("2026-03-07T05:00:00Z").0, at("2026-03-08T05:00:00Z").0),
            (at("2026-03-08T05:00:00Z").0, at("2026-03-09T04:00:00Z").0),
            (at("2026-03-09T04:00:00Z").0, at("2026-03-10T04:00:00Z").0),
        ];
        assert_eq!(days("America/New_York").unwrap(), york);
        assert_eq!(days("Asia/Kolkata").unwrap_err(), "zone_between_hours");
    }
}
