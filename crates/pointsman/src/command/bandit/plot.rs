//! Lines over time as SVG: each value holds until the next.

use std::fmt::Write as _;

use maud::{Markup, html};

const WIDTH: f64 = 740.0;
const HEIGHT: f64 = 200.0;
const LEFT: f64 = 64.0;
const BOTTOM: f64 = 24.0;
const TOP: f64 = 8.0;

/// One line, with the range that is believed around it.
pub(super) struct Line {
    pub(super) name: String,
    pub(super) colour: String,
    /// A value for each time; none where there is no line.
    pub(super) values: Vec<Option<f64>>,
    /// Lower and upper end of the range for each time.
    pub(super) range: Vec<Option<(f64, f64)>>,
}

/// A colour that differs from those of the positions before.
pub(super) fn colour(position: usize) -> String {
    #[expect(clippy::cast_precision_loss, reason = "a few arms")]
    let hue = (212.0 + 137.5 * position as f64) % 360.0;
    format!("hsl({hue:.0} 65% 50%)")
}

/// The figure.
///
/// * `label`: what it shows.
/// * `times`: ascending, in any unit; `until` is where the last value ends.
/// * `show`: a value of the axis in words.
pub(super) fn chart(
    label: &str,
    times: &[i64],
    until: i64,
    lines: &[Line],
    show: impl Fn(f64) -> String,
) -> Markup {
    let axes = Axes::of(times, until, lines);
    html! {
        svg viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) role="img" aria-label=(label) {
            @for value in [axes.low, f64::midpoint(axes.low, axes.high), axes.high] {
                @let y = pixels(axes.y(value));
                line x1=(pixels(LEFT)) y1=(y) x2=(pixels(WIDTH)) y2=(y) stroke="var(--line)" {}
                text x=(pixels(LEFT - 6.0)) y=(pixels(axes.y(value) + 4.0)) text-anchor="end" { (show(value)) }
            }
            @for line in lines {
                @for range in axes.ranges(times, until, &line.range) {
                    path d=(range) fill=(line.colour) fill-opacity="0.15" {}
                }
                path d=(axes.path(times, until, &line.values)) fill="none" stroke=(line.colour) stroke-width="2" {
                    title { (line.name) }
                }
            }
        }
    }
}

/// The names of lines with their colours.
pub(super) fn legend(lines: &[Line]) -> Markup {
    html! {
        p {
            @for line in lines {
                span style={ "color:" (line.colour) } { "■ " }
                (line.name) " \u{a0} "
            }
        }
    }
}

/// Where values lie in the figure.
struct Axes {
    from: f64,
    span: f64,
    low: f64,
    high: f64,
}

impl Axes {
    fn of(times: &[i64], until: i64, lines: &[Line]) -> Self {
        let values = lines.iter().flat_map(|line| {
            let values = line.values.iter().flatten().copied();
            let ends = line.range.iter().flatten();
            values.chain(ends.flat_map(|(low, high)| [*low, *high]))
        });
        let (low, high) = values
            .filter(|value| value.is_finite())
            .fold((0.0_f64, 0.0_f64), |(low, high), value| {
                (low.min(value), high.max(value))
            });
        let from = times.first().map_or(0.0, |at| number(*at));
        Self {
            from,
            span: (number(until) - from).max(1.0),
            low,
            high: if high > low { high } else { low + 1.0 },
        }
    }

    fn x(&self, at: i64) -> f64 {
        LEFT + (WIDTH - LEFT) * ((number(at) - self.from) / self.span).clamp(0.0, 1.0)
    }

    fn y(&self, value: f64) -> f64 {
        let share = (value - self.low) / (self.high - self.low);
        HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * share.clamp(0.0, 1.0)
    }

    /// Steps from each value to the next.
    fn path(&self, times: &[i64], until: i64, values: &[Option<f64>]) -> String {
        let mut path = String::new();
        let mut is_open = false;
        for (i, (at, value)) in times.iter().zip(values).enumerate() {
            let Some(value) = value else {
                is_open = false;
                continue;
            };
            let (x, y) = (self.x(*at), self.y(*value));
            let end = self.x(times.get(i + 1).copied().unwrap_or(until));
            // Writing to a String cannot fail.
            let _ = if is_open {
                write!(path, "V{y:.1}H{end:.1}")
            } else {
                write!(path, "M{x:.1} {y:.1}H{end:.1}")
            };
            is_open = true;
        }
        path
    }

    /// A box for each range, until the next time.
    fn ranges(&self, times: &[i64], until: i64, ranges: &[Option<(f64, f64)>]) -> Vec<String> {
        let boxes = times.iter().zip(ranges).enumerate();
        let boxes = boxes.filter_map(|(i, (at, range))| {
            let (low, high) = (*range)?;
            let end = self.x(times.get(i + 1).copied().unwrap_or(until));
            let (x, top, bottom) = (self.x(*at), self.y(high), self.y(low));
            Some(format!("M{x:.1} {top:.1}H{end:.1}V{bottom:.1}H{x:.1}Z"))
        });
        boxes.collect()
    }
}

fn pixels(length: f64) -> String {
    format!("{length:.1}")
}

#[expect(clippy::cast_precision_loss, reason = "pixels need no more")]
fn number(at: i64) -> f64 {
    at as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(values: &[Option<f64>]) -> Line {
        Line {
            name: "<acme>".to_owned(),
            colour: colour(0),
            values: values.to_vec(),
            range: vec![Some((0.0, 4.0)); values.len()],
        }
    }

    #[test]
    fn a_line_has_steps_and_a_gap_where_there_is_no_value() {
        let line = line(&[Some(1.0), Some(2.0), None, Some(4.0)]);
        let axes = Axes::of(&[0, 10, 20, 30], 40, std::slice::from_ref(&line));
        let path = axes.path(&[0, 10, 20, 30], 40, &line.values);
        assert_eq!(path, "M64.0 134.0H233.0V92.0H402.0M571.0 8.0H740.0");
        assert_eq!(axes.ranges(&[0], 40, &line.range).len(), 1);
    }

    #[test]
    fn figures_of_nothing_and_of_anything_are_figures() {
        for values in [
            &[][..],
            &[None],
            &[Some(f64::NAN)],
            &[Some(-3.0), Some(0.0)],
        ] {
            let lines = [line(values)];
            let times: Vec<i64> = (0..).take(values.len()).collect();
            let figure = chart("it", &times, 9, &lines, |value| format!("{value:.1}"));
            let figure = figure.into_string();
            assert!(figure.starts_with("<svg") && figure.ends_with("</svg>"));
            assert!(figure.contains("&lt;acme&gt;"), "{figure}");
        }
    }
}
