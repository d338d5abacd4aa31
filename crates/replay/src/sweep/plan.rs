//! Which values a sweep takes: as the text `NODE.PARAMETER=FROM..TO:POINTS`, or in parts.

use std::ops::RangeInclusive;

use pointsman_lead::Problem;

/// How many points a sweep may have: each costs as much as a replay.
const POINTS: RangeInclusive<usize> = 2..=101;
/// Letters that are shown of what is no number.
const SHOWN_MAX: usize = 40;
/// Most digits behind the point, and before it.
const DIGITS_MAX: usize = 9;

/// Which parameter takes which values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plan {
    /// Node and parameter, as they were written.
    pub(crate) parameter: String,
    from: Decimal,
    to: Decimal,
    n_points: usize,
}

/// A number with some digits behind the point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Decimal {
    units: i64,
    scale: usize,
}

impl Decimal {
    /// Reads plain digits with a point and a sign; none for anything else.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (sign, digits) = match text.strip_prefix('-') {
            Some(digits) => (-1, digits),
            None => (1, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let are_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let is_number = !whole.is_empty()
            && whole.len() <= DIGITS_MAX
            && fraction.len() <= DIGITS_MAX
            && are_digits(whole)
            && are_digits(fraction)
            && !digits.ends_with('.');
        let units: i64 = is_number
            .then(|| format!("{whole}{fraction}").parse().ok())
            .flatten()?;
        Some(Self {
            units: sign * units,
            scale: fraction.len(),
        })
    }

    /// How many digits stand behind the point.
    pub(crate) fn scale(self) -> usize {
        self.scale
    }

    /// The number, if nothing but zeros stands behind the point.
    pub(crate) fn integer(self) -> Option<i64> {
        let whole = 10_i64.pow(u32::try_from(self.scale).ok()?);
        (self.units % whole == 0).then_some(self.units / whole)
    }

    /// For pictures and sums.
    #[expect(clippy::cast_precision_loss, reason = "18 digits on an axis")]
    pub(crate) fn float(self) -> f64 {
        self.units as f64 / 10_f64.powi(i32::try_from(self.scale).unwrap_or(0))
    }

    fn with_scale(self, scale: usize) -> i128 {
        let more = u32::try_from(scale.saturating_sub(self.scale)).unwrap_or(0);
        i128::from(self.units) * 10_i128.pow(more)
    }
}

impl std::fmt::Display for Decimal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { units, scale } = *self;
        let digits = format!("{:0>width$}", units.unsigned_abs(), width = scale + 1);
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        let sign = if units < 0 { "-" } else { "" };
        if scale == 0 {
            write!(f, "{sign}{whole}")
        } else {
            write!(f, "{sign}{whole}.{fraction}")
        }
    }
}

impl Plan {
    /// Reads the text of a sweep.
    ///
    /// # Errors
    ///
    /// What it should have been.
    pub(crate) fn parse(text: &str) -> Result<Self, Problem> {
        let malformed = |what: String| {
            let problem = Problem::new("sweep_malformed", "sweep", what);
            Err(problem.hint("write NODE.PARAMETER=FROM..TO:POINTS, such as graded.if=20..60:9"))
        };
        let Some((parameter, range)) = text.rsplit_once('=') else {
            return malformed(format!("`{text}` does not say which values to take"));
        };
        let parts = range
            .rsplit_once(':')
            .and_then(|(range, n_points)| Some((range.split_once("..")?, n_points)));
        let Some(((from, to), n_points)) = parts else {
            return malformed(format!("`{range}` is not a range with a number of points"));
        };
        let numbers = [from, to].map(|number| Decimal::parse(number.trim()));
        let [Some(from), Some(to)] = numbers else {
            return malformed(format!("`{from}..{to}` are not two numbers"));
        };
        let n_points = n_points.trim().parse::<usize>().ok();
        let Some(n_points) = n_points.filter(|n| POINTS.contains(n)) else {
            return malformed(points_words());
        };
        if from.float() >= to.float() {
            return malformed(format!("{from} is not below {to}"));
        }
        Ok(Self {
            parameter: parameter.trim().to_owned(),
            from,
            to,
            n_points,
        })
    }

    /// The same from its parts.
    ///
    /// # Errors
    ///
    /// All that is wrong with any of them, each at its place.
    pub(crate) fn of(
        parameter: &str,
        [from, to]: [&str; 2],
        n_points: i64,
    ) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut refuse = |path: &str, what: String, hint: &str| {
            problems.push(Problem::new("sweep_malformed", path, what).hint(hint));
        };
        let [from, to] = [("sweep.from", from), ("sweep.to", to)].map(|(path, text)| {
            let number = Decimal::parse(text.trim());
            if number.is_none() {
                let start: String = text.chars().take(SHOWN_MAX).collect();
                let what = format!("`{start}` is not a number");
                refuse(path, what, "write up to nine digits before the point and nine behind it, such as 40 or 12.50");
            }
            number
        });
        let n_points = usize::try_from(n_points).ok();
        let n_points = n_points.filter(|n| POINTS.contains(n));
        if n_points.is_none() {
            refuse(
                "sweep.points",
                points_words(),
                "write 21; each point costs as much as a replay",
            );
        }
        if let Some((from, to)) = from.zip(to).filter(|(from, to)| from.float() >= to.float()) {
            refuse(
                "sweep.to",
                format!("{from} is not below {to}"),
                "name the smaller number first",
            );
        }
        match (from, to, n_points) {
            (Some(from), Some(to), Some(n_points)) if problems.is_empty() => Ok(Self {
                parameter: parameter.trim().to_owned(),
                from,
                to,
                n_points,
            }),
            _ => Err(problems),
        }
    }

    /// The values in their order, each once, with as many digits as the ends and the present value have.
    ///
    /// * `present`: digits behind the point of the value that stands in the flow.
    pub(crate) fn values(&self, present: usize) -> Vec<Decimal> {
        let scale = present.max(self.from.scale).max(self.to.scale);
        let (from, to) = (self.from.with_scale(scale), self.to.with_scale(scale));
        let n_steps = i128::try_from(self.n_points - 1).unwrap_or(1);
        let mut values: Vec<Decimal> = (0..=n_steps)
            .filter_map(|step| {
                // Rounded to the nearest: the span is positive.
                let units = from + ((to - from) * step * 2 + n_steps) / (2 * n_steps);
                let units = i64::try_from(units).ok()?;
                Some(Decimal { units, scale })
            })
            .collect();
        values.dedup();
        values
    }
}

fn points_words() -> String {
    format!("a sweep has {} to {} points", POINTS.start(), POINTS.end())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str, present: usize) -> String {
        let plan = Plan::parse(text).unwrap();
        let values = plan.values(present).into_iter();
        let values: Vec<String> = values.map(|value| value.to_string()).collect();
        values.join(" ")
    }

    #[test]
    fn values_keep_the_digits_of_the_ends_and_of_the_flow() {
        assert_eq!(values("a.if=20..60:5", 0), "20 30 40 50 60");
        assert_eq!(values("a.if=0..1:4", 0), "0 1");
        assert_eq!(values("market.reserve=0..10:4", 2), "0.00 3.33 6.67 10.00");
        assert_eq!(values("a.if=-1.5..1.5:3", 0), "-1.5 0.0 1.5");
        assert_eq!(values("a=b.if=1..2:2", 0), "1 2");
    }

    #[test]
    fn what_is_no_sweep_is_refused_with_a_pattern() {
        for text in [
            "",
            "a.if",
            "a.if=1",
            "a.if=1..2",
            "a.if=1..x:3",
            "a.if=2..1:3",
            "a.if=1..1:3",
            "a.if=1..2:1",
            "a.if=1..2:102",
            "a.if=1..2:many",
            "a.if=1.0000000001..2:3",
            "a.if=1e9..2:3",
            "a.if=..2:3",
            "a.if=1.2.3..4:3",
        ] {
            let problem = Plan::parse(text).unwrap_err();
            assert_eq!(problem.code, "sweep_malformed", "{text}");
            assert!(problem.hint.is_some());
        }
    }

    #[test]
    fn all_that_is_wrong_with_the_parts_is_told_at_once() {
        let paths = |range: [&str; 2], n_points: i64| -> Vec<String> {
            let problems = Plan::of("a.if", range, n_points).unwrap_err();
            problems.into_iter().map(|problem| problem.path).collect()
        };
        assert_eq!(
            paths(["x", ""], 102),
            ["sweep.from", "sweep.to", "sweep.points"]
        );
        assert_eq!(paths(["2", "1"], -1), ["sweep.points", "sweep.to"]);
        assert_eq!(paths(["1e9", "1"], 2), ["sweep.from"]);
        let plan = Plan::of(" a.if ", ["1", " 2.0"], 2).unwrap();
        assert_eq!(plan, Plan::parse("a.if=1..2.0:2").unwrap());
    }
}
