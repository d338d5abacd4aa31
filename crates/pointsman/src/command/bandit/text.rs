//! The report for a terminal.

use std::fmt::Write as _;

use pointsman_bandit::{Kind, Place, Posterior, StreamBelief};
use pointsman_lead::Timestamp;

use super::Learned;

/// Rows of the history that are printed.
const ROWS: usize = 10;
/// Segments that are printed.
pub(super) const SEGMENTS: usize = 20;

/// All bandits, one after the other.
pub(super) fn text(flow: &str, learned: &[Learned]) -> String {
    let mut text = String::new();
    for learned in learned {
        let key = &learned.weights.key;
        let segment = if key.segment.is_empty() {
            String::new()
        } else {
            format!(", segment {}", key.segment)
        };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "bandit {} of flow {flow}{segment}", key.node);
        now(&mut text, learned);
        over_time(&mut text, learned);
        segments(&mut text, learned);
        text.push('\n');
    }
    text
}

/// Arms with what is believed of them at the end.
fn now(text: &mut String, learned: &Learned) {
    let Some(last) = learned.last() else {
        let _ = writeln!(text, "  no weights in this time");
        return;
    };
    let of_others = if last.is_own {
        ""
    } else {
        ", those of all segments without weights of their own"
    };
    let _ = writeln!(
        text,
        "  epoch {} of {}{of_others}; worth of a lead in {}, with 5 and 95 % of the belief below",
        last.epoch, last.as_of, learned.unit
    );
    let width = last.entry.arms.keys().map(|name| name.chars().count());
    let width = width.max().unwrap_or(0).max(4);
    let _ = writeln!(
        text,
        "  {:width$}   weight   P(best)   trials    worth        5 % to 95 %   at once     later   waiting",
        "arm"
    );
    let mut arms: Vec<(&String, &u32)> = last.entry.arms.iter().collect();
    arms.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    for (name, weight) in arms {
        let weight = percent(f64::from(*weight) / 1e6);
        let row = last.posteriors.get(name).map_or_else(String::new, |arm| {
            let worth = |value: f64| format!("{:.2}", learned.worth(value));
            let [low, _, high] = arm.quantiles;
            let (at_once, later) = by_time(arm);
            format!(
                " {:>9} {:>8} {:>8} {:>18} {:>9} {:>9} {:>9}",
                format!("{:.3}", arm.best),
                arm.trials,
                worth(arm.mean_value),
                format!("{} to {}", worth(low), worth(high)),
                worth(at_once),
                worth(later),
                arm.waiting_share().map_or_else(String::new, percent),
            )
        });
        let _ = writeln!(text, "  {name:width$} {weight:>8}{row}");
    }
    if let Some(cost) = last.exploration_cost() {
        let _ = writeln!(
            text,
            "  exploring costs {:.4} {} a lead against the best arm first",
            learned.worth(cost),
            learned.unit
        );
    }
}

/// The worth of a lead that comes at once, and the rest.
pub(super) fn by_time(belief: &Posterior) -> (f64, f64) {
    let is_at_once = |stream: &&StreamBelief| stream.kind == Kind::AtOnce;
    let at_once = belief.streams.iter().filter(is_at_once);
    let at_once: f64 = at_once.map(|stream| stream.mean_value).sum();
    (at_once, belief.mean_value - at_once)
}

/// A stream in words.
pub(super) fn stream_words(stream: &StreamBelief) -> &'static str {
    match (stream.place, stream.kind) {
        (Place::Own, Kind::AtOnce) => "with the answer",
        (Place::Own, Kind::Sale) => "first conversions",
        (Place::Own, Kind::Rebill) => "further conversions",
        (Place::Own, Kind::Return) => "taken back",
        (Place::Refused, Kind::AtOnce) => "elsewhere after a refusal, with the answer",
        (Place::Refused, Kind::Sale) => "elsewhere after a refusal, first conversions",
        (Place::Refused, Kind::Rebill) => "elsewhere after a refusal, further conversions",
        (Place::Refused, Kind::Return) => "elsewhere after a refusal, taken back",
        (Place::Shared, Kind::AtOnce) => "sold again, with the answer",
        (Place::Shared, Kind::Sale) => "sold again, first conversions",
        (Place::Shared, Kind::Rebill) => "sold again, further conversions",
        (Place::Shared, Kind::Return) => "sold again, taken back",
    }
}

/// Weights at some of the points.
fn over_time(text: &mut String, learned: &Learned) {
    let points = &learned.weights.points;
    if points.len() < 2 {
        return;
    }
    let arms = learned.weights.arms();
    let widths: Vec<usize> = arms
        .iter()
        .map(|name| name.chars().count().max(7))
        .collect();
    let _ = write!(text, "  {:16}", "since");
    for (name, width) in arms.iter().zip(&widths) {
        let _ = write!(text, " {name:>width$}");
    }
    text.push('\n');
    let n = points.len().min(ROWS);
    for row in 0..n {
        let point = &points[row * (points.len() - 1) / (n - 1).max(1)];
        let _ = write!(text, "  {:16}", minute(point.at));
        for (name, width) in arms.iter().zip(&widths) {
            let weight = point.entry.arms.get(*name);
            let weight = weight.map_or_else(String::new, |ppm| percent(f64::from(*ppm) / 1e6));
            let _ = write!(text, " {weight:>width$}");
        }
        text.push('\n');
    }
}

/// The arm that most leads of a segment get.
fn segments(text: &mut String, learned: &Learned) {
    let segments = &learned.segments;
    if segments.is_empty() {
        return;
    }
    let _ = writeln!(
        text,
        "  {} segments have weights of their own",
        segments.len()
    );
    for segment in segments.iter().take(SEGMENTS) {
        let favourite = favourite(segment).unwrap_or_default();
        let _ = writeln!(text, "    {}: {favourite}", segment.key.segment);
    }
    if segments.len() > SEGMENTS {
        let _ = writeln!(text, "    … and {} more", segments.len() - SEGMENTS);
    }
}

/// The arm with the largest weight of a segment, and that weight.
pub(super) fn favourite(segment: &pointsman_history::SegmentWeights) -> Option<String> {
    let entry = segment.entry().ok()?;
    let (name, weight) = entry.arms.into_iter().max_by_key(|(_, weight)| *weight)?;
    Some(format!("{name} {}", percent(f64::from(weight) / 1e6)))
}

pub(super) fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

/// A time to the minute.
pub(super) fn minute(at: Timestamp) -> String {
    at.to_string()
        .chars()
        .take(16)
        .collect::<String>()
        .replace('T', " ")
}
