//! A distribution function as a table, read between its points by monotone cubics.

/// One point of a table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    pub(super) x: f64,
    /// Probability of less.
    pub(super) below: f64,
    pub(super) density: f64,
}

/// A distribution function at ascending points; nothing lies outside of them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Table {
    pub(super) points: Vec<Point>,
    /// About one standard deviation of the narrowest feature of the law that holds a tenth of it: on this width it is smooth.
    pub(super) scale: f64,
}

impl Table {
    /// Takes the first point for 0 and the last for 1, and makes the cubics between the points monotone.
    ///
    /// * `points`: at least two, ascending in `x`.
    ///
    /// # Source
    ///
    /// Fritsch and Carlson, *Monotone Piecewise Cubic Interpolation*, 1980: slopes up to three times the secants.
    pub(super) fn new(mut points: Vec<Point>) -> Self {
        let n = points.len();
        let (first, last) = (points[0].below, points[n - 1].below);
        let whole = last - first;
        let mut least = 0.0;
        for point in &mut points {
            least = ((point.below - first) / whole).clamp(least, 1.0);
            point.below = least;
            point.density = (point.density / whole).max(0.0);
        }
        points[n - 1].below = 1.0;
        let mut before = f64::INFINITY;
        for k in 0..n {
            let after = points
                .get(k + 1)
                .map_or(f64::INFINITY, |next| secant(points[k], *next));
            points[k].density = points[k].density.min(3.0 * before.min(after));
            before = after;
        }
        let scale = smooth_scale(&points);
        Self { points, scale }
    }

    /// The table of `by + factor · x`; the factor is not 0.
    pub(super) fn mapped(&self, by: f64, factor: f64) -> Self {
        let map = |point: &Point| Point {
            x: by + factor * point.x,
            below: if factor > 0.0 {
                point.below
            } else {
                1.0 - point.below
            },
            density: point.density / factor.abs(),
        };
        let mut points: Vec<Point> = self.points.iter().map(map).collect();
        if factor < 0.0 {
            points.reverse();
        }
        Self {
            points,
            scale: self.scale * factor.abs(),
        }
    }

    /// Mean and standard deviation.
    pub(super) fn moments(&self) -> (f64, f64) {
        let origin = self.about(0.5);
        let cells = self.points.windows(2);
        let sums = cells.fold([0.0; 3], |sums, cell| {
            let more = super::atoms::moments(&cell[0], &cell[1], origin);
            [sums[0] + more[0], sums[1] + more[1], sums[2] + more[2]]
        });
        let mean = sums[1] / sums[0];
        (
            origin + mean,
            (sums[2] / sums[0] - mean * mean).max(0.0).sqrt(),
        )
    }

    /// The law moved by `by` and stretched about its mean as if something of a small deviation were added.
    pub(super) fn widened(&self, by: f64, deviation: f64) -> Self {
        let (mean, own) = self.moments();
        let stretch = own.hypot(deviation) / own;
        self.mapped(by + mean * (1.0 - stretch), stretch)
    }

    /// Probability of less than `x`, and the density there.
    pub(super) fn at(&self, x: f64) -> (f64, f64) {
        let after = self.points.partition_point(|point| point.x <= x);
        if after == 0 {
            return (0.0, 0.0);
        }
        if after == self.points.len() {
            return (1.0, 0.0);
        }
        cubic(&self.points[after - 1], &self.points[after], x)
    }

    /// Where `probability` of the mass lies below.
    pub(super) fn quantile(&self, probability: f64) -> f64 {
        let after = self
            .points
            .partition_point(|point| point.below < probability);
        if after == 0 {
            return self.points[0].x;
        }
        let Some(high) = self.points.get(after) else {
            return self.points[self.points.len() - 1].x;
        };
        let low = &self.points[after - 1];
        let start = f64::midpoint(low.x, high.x);
        invert(probability, start, [low.x, high.x], |x| cubic(low, high, x))
    }

    /// About where `probability` of the mass lies below, by a straight line within a cell.
    pub(super) fn about(&self, probability: f64) -> f64 {
        let after = self
            .points
            .partition_point(|point| point.below < probability)
            .clamp(1, self.points.len() - 1);
        let (low, high) = (self.points[after - 1], self.points[after]);
        let share = (probability - low.below) / (high.below - low.below).max(f64::MIN_POSITIVE);
        low.x + (high.x - low.x) * share.clamp(0.0, 1.0)
    }

    /// As `scale`, of the logarithm of the amount: how far it may be stretched. 0 if it need not be positive.
    pub(super) fn relative_scale(&self) -> f64 {
        if self.first() <= 0.0 {
            return 0.0;
        }
        let logarithms = self.points.iter().map(|point| Point {
            x: point.x.ln(),
            ..*point
        });
        smooth_scale(&logarithms.collect::<Vec<_>>())
    }

    /// Half the width of the middle two thirds.
    pub(super) fn spread(&self) -> f64 {
        0.5 * (self.about(0.84) - self.about(0.16))
    }

    pub(super) fn first(&self) -> f64 {
        self.points[0].x
    }

    pub(super) fn last(&self) -> f64 {
        self.points[self.points.len() - 1].x
    }
}

/// The standard deviation that a normal law has whose densest part is as dense as that of this law; up to a third of it for a
/// law that is densest next to an end, where it has an edge.
fn smooth_scale(points: &[Point]) -> f64 {
    const SHARE: f64 = 0.04;
    const OF_NORMAL: f64 = 0.100_3;
    let mut end = 0;
    let (mut width, mut level) = (f64::INFINITY, 0.5);
    for start in points {
        let until = start.below + SHARE;
        while points.get(end).is_some_and(|point| point.below < until) {
            end += 1;
        }
        let (Some(low), Some(high)) = (points.get(end.wrapping_sub(1)), points.get(end)) else {
            break;
        };
        let share = (until - low.below) / (high.below - low.below);
        let x = low.x + share * (high.x - low.x);
        if x - start.x < width {
            (width, level) = (x - start.x, start.below + 0.5 * SHARE);
        }
    }
    let edge = f64::min(level, 1.0 - level) / 0.3;
    width / OF_NORMAL * edge.clamp(0.1, 1.0)
}

/// Where a distribution reaches a probability, by Newton's rule, and by halves where that would leave what is left.
///
/// * `ends`: between which it lies.
/// * `at`: the distribution and its density.
pub(super) fn invert(
    probability: f64,
    start: f64,
    [mut from, mut to]: [f64; 2],
    at: impl Fn(f64) -> (f64, f64),
) -> f64 {
    let mut x = start;
    for _ in 0..24 {
        let (below, density) = at(x);
        if below < probability {
            from = x;
        } else {
            to = x;
        }
        if (below - probability).abs() < 1e-9 {
            break;
        }
        let next = x + (probability - below) / density;
        x = if from < next && next < to {
            next
        } else {
            f64::midpoint(from, to)
        };
    }
    x
}

fn secant(from: Point, to: Point) -> f64 {
    (to.below - from.below) / (to.x - from.x).max(f64::MIN_POSITIVE)
}

/// Value and slope of the cubic between two points.
#[inline]
pub(super) fn cubic(low: &Point, high: &Point, x: f64) -> (f64, f64) {
    let width = high.x - low.x;
    let per_width = 1.0 / width;
    let s = (x - low.x) * per_width;
    let rise = high.below - low.below;
    let (from, to) = (low.density * width, high.density * width);
    let (second, third) = (3.0 * rise - 2.0 * from - to, from + to - 2.0 * rise);
    let below = low.below + s * (from + s * (second + s * third));
    let slope = from + s * (2.0 * second + 3.0 * s * third);
    (below, (slope * per_width).max(0.0))
}

/// Reads a table at ascending places without searching.
pub(super) struct Reader<'a> {
    points: &'a [Point],
    after: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(table: &'a Table) -> Self {
        Self {
            points: &table.points,
            after: 0,
        }
    }

    /// Probability of less than `x`, and the density there; `x` is no smaller than the one before.
    #[inline]
    pub(super) fn at(&mut self, x: f64) -> (f64, f64) {
        while self.after < self.points.len() && self.points[self.after].x <= x {
            self.after += 1;
        }
        if self.after == 0 {
            return (0.0, 0.0);
        }
        match self.points.get(self.after) {
            None => (1.0, 0.0),
            Some(high) => cubic(&self.points[self.after - 1], high, x),
        }
    }
}
