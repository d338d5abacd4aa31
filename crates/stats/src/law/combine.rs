//! Sums, products and blends of independent laws.

use super::Law;
use super::atoms::{Atom, atoms, atoms_by};
use super::places::{EVEN, FEW, MANY, levels, places, tabulate};
use super::shifted::{CUT, Shifted, Sums};
use super::table::{Point, Reader, Table, invert};

/// A stretch this light is not cut, however wide: wherever its mass lies, a probability changes by less.
const LIGHT: f64 = 3e-3;

/// Most pairs of masses by which a blend follows the law of its rate; beyond, it is a mixture over the rate.
const PAIRS_MAX: usize = 600;

/// A law narrower than this part of the other's scale widens it and does nothing else.
const NARROW: f64 = 0.003;

/// Cases that may be smoother than is assumed for the rest.
const TENTH: f64 = 0.2;

/// Deviations of the ways of a blend, beyond their means, by which a rate is taken to move between them.
const APART: f64 = 1.5;

impl Law {
    /// The law of the sum of two independent amounts.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        match (&self.table, &other.table) {
            (None, _) => other.shifted(self.mean),
            (_, None) => self.shifted(other.mean),
            (Some(a), Some(b)) => Self {
                mean: self.mean + other.mean,
                variance: self.variance + other.variance,
                table: Some(Table::new(sum(a, b, |x| (x, 1.0)))),
            },
        }
    }

    /// The law of the product of two independent amounts, both positive.
    ///
    /// # Panics
    ///
    /// When an uncertain amount may be 0 or less.
    #[must_use]
    pub fn times(&self, other: &Self) -> Self {
        match (&self.table, &other.table) {
            (None, _) => other.scaled(self.mean),
            (_, None) => self.scaled(other.mean),
            (Some(a), Some(b)) => Self {
                mean: self.mean * other.mean,
                variance: self.variance * other.variance
                    + self.variance * other.mean * other.mean
                    + other.variance * self.mean * self.mean,
                table: Some(product(a, b)),
            },
        }
    }

    /// Quantiles of the product of two independent amounts, both positive: those of [`times`](Self::times), without its table.
    ///
    /// # Panics
    ///
    /// When an uncertain amount may be 0 or less.
    #[must_use]
    pub fn product_quantiles<const N: usize>(
        &self,
        other: &Self,
        probabilities: [f64; N],
    ) -> [f64; N] {
        if let (Some(a), Some(b)) = (&self.table, &other.table) {
            let (a, b) = (in_logarithms(a), in_logarithms(b));
            return sum_quantiles(&a, &b, probabilities).map(f64::exp);
        }
        let product = self.times(other);
        probabilities.map(|probability| product.quantile(probability))
    }

    /// The law of `rate · yes + (1 − rate) · no`: what comes of a case that goes one way or the other.
    ///
    /// * `self`: the rate, in `[0, 1]`.
    /// * `yes`, `no`: what each way brings, independent of the rate and of each other.
    #[must_use]
    pub fn blend(&self, yes: &Self, no: &Self) -> Self {
        let rest = 1.0 - self.mean;
        let squares = (
            self.variance + self.mean * self.mean,
            self.variance + rest * rest,
        );
        let mean = self.mean * yes.mean + rest * no.mean;
        let variance = squares.0 * yes.variance
            + squares.1 * no.variance
            + self.variance * (yes.mean - no.mean).powi(2);
        if variance <= 0.0 {
            return Self::point(mean);
        }
        // A product is one sum of logarithms: nothing has to be cut into masses twice.
        if no.table.is_none() && no.mean == 0.0 && yes.ends()[0] > 0.0 {
            return self.times(yes);
        }
        if yes.table.is_none() && no.table.is_none() {
            return self.scaled(yes.mean - no.mean).shifted(no.mean);
        }
        let Some(rate) = &self.table else {
            let blended = yes.scaled(self.mean).plus(&no.scaled(rest));
            return Self {
                mean,
                variance,
                ..blended
            };
        };
        let gap = near_gap(yes, no);
        let [rarely, often] = [TENTH, 1.0 - TENTH].map(|level| rate.about(level));
        let by_ways = (rarely * yes.scale()).max((1.0 - often) * no.scale());
        let by_rate = (rate.scale * gap >= by_ways).then(|| {
            let width = CUT * rate.scale * gap;
            [yes, no].map(|way| way.atoms(width, LIGHT))
        });
        let places = blended_places(rate, [yes, no], gap);
        let table = match by_rate {
            Some([of_yes, of_no]) if of_yes.len() * of_no.len() <= PAIRS_MAX => {
                rated(rate, [&of_yes, &of_no], &places)
            }
            _ => given_rates(rate, [yes, no], &places),
        };
        Self {
            mean,
            variance,
            table: Some(Table::new(table)),
        }
    }

    /// On which width it is smooth; 0 for a certain amount.
    fn scale(&self) -> f64 {
        self.table.as_ref().map_or(0.0, |table| table.scale)
    }

    fn spread(&self) -> f64 {
        self.table.as_ref().map_or(0.0, Table::spread)
    }

    fn relative_scale(&self) -> f64 {
        self.table.as_ref().map_or(0.0, Table::relative_scale)
    }

    /// The law as masses for an integral over what is smooth on a width.
    fn atoms(&self, width: f64, light: f64) -> Vec<Atom> {
        match &self.table {
            Some(table) => atoms(table, width, light),
            None => certain(self.mean),
        }
    }

    fn levels(&self, of: &[f64]) -> Vec<Atom> {
        match &self.table {
            Some(table) => levels(table, of),
            None => certain(self.mean),
        }
    }

    /// The least and the most that it may be.
    fn ends(&self) -> [f64; 2] {
        match &self.table {
            Some(table) => [table.first(), table.last()],
            None => [self.mean; 2],
        }
    }
}

/// How far apart the two ways are at least, but for a tenth of the cases.
fn near_gap(yes: &Law, no: &Law) -> f64 {
    let (yes, no) = (yes.levels(EVEN), no.levels(EVEN));
    let pairs = yes.iter().flat_map(|yes| {
        no.iter().map(|no| Atom {
            x: (yes.x - no.x).abs(),
            mass: yes.mass * no.mass,
        })
    });
    let mut gaps: Vec<Atom> = pairs.collect();
    gaps.sort_unstable_by(|a, b| a.x.total_cmp(&b.x));
    let mut below = 0.0;
    gaps.iter()
        .find(|gap| {
            below += gap.mass;
            below > TENTH
        })
        .map_or(0.0, |gap| gap.x)
}

fn certain(x: f64) -> Vec<Atom> {
    vec![Atom { x, mass: 1.0 }]
}

/// The table of a product, by the sum of logarithms.
fn product(a: &Table, b: &Table) -> Table {
    let logarithms = sum(&in_logarithms(a), &in_logarithms(b), |t| (t.exp(), t.exp()));
    let map = |point: &Point| {
        let x = point.x.exp();
        Point {
            x,
            density: point.density / x,
            ..*point
        }
    };
    Table::new(logarithms.iter().map(map).collect())
}

/// A table in the logarithm of its amounts.
fn in_logarithms(table: &Table) -> Table {
    let map = |point: &Point| Point {
        x: point.x.ln(),
        density: point.density * point.x,
        ..*point
    };
    let points: Vec<Point> = table.points.iter().map(map).collect();
    assert!(
        points.iter().all(|point| point.x.is_finite()),
        "only positive amounts have logarithms"
    );
    Table::new(points)
}

/// The points of a sum.
///
/// * `view`: the coordinate in which they will be read, and its slope.
fn sum(a: &Table, b: &Table, view: impl Fn(f64) -> (f64, f64)) -> Vec<Point> {
    let (smooth, rough) = if a.scale >= b.scale { (a, b) } else { (b, a) };
    let (mean, deviation) = rough.moments();
    if deviation < NARROW * smooth.scale {
        return smooth.widened(mean, deviation).points;
    }
    let (wide, narrow) = if a.spread() >= b.spread() {
        (a, b)
    } else {
        (b, a)
    };
    let moves = levels(narrow, FEW);
    let about = levels(wide, MANY).into_iter().flat_map(|one| {
        moves.iter().map(move |other| Atom {
            x: one.x + other.x,
            mass: one.mass * other.mass,
        })
    });
    let places = places(about.collect(), a.first() + b.first(), a.last() + b.last());
    let mut parts = Vec::new();
    Sums::of_tables([a, b]).add(&mut parts, [1.0, 1.0], 1.0);
    tabulate(&places, view, |points| {
        for part in &parts {
            part.add_to(points);
        }
    })
}

/// Quantiles of a sum.
fn sum_quantiles<const N: usize>(a: &Table, b: &Table, probabilities: [f64; N]) -> [f64; N] {
    let (smooth, rough) = if a.scale >= b.scale { (a, b) } else { (b, a) };
    let ((mean, deviation), (more, other)) = (rough.moments(), smooth.moments());
    if deviation < NARROW * smooth.scale {
        let widened = smooth.widened(mean, deviation);
        return probabilities.map(|probability| widened.quantile(probability));
    }
    let mut parts = Vec::new();
    Sums::of_tables([a, b]).add(&mut parts, [1.0, 1.0], 1.0);
    let at = |x: f64| {
        let parts = parts.iter().map(|part| part.at(x));
        parts.fold((0.0, 0.0), |sum, part| (sum.0 + part.0, sum.1 + part.1))
    };
    let ends = [a.first() + b.first(), a.last() + b.last()];
    probabilities.map(|probability| {
        let deviations = crate::normal::quantile(probability);
        let start = mean + more + deviations * deviation.hypot(other);
        invert(probability, start.clamp(ends[0], ends[1]), ends, at)
    })
}

/// The points of a blend by the law of its rate: what both ways bring are taken as masses.
fn rated(rate: &Table, [masses_yes, masses_no]: [&[Atom]; 2], places: &[f64]) -> Vec<Point> {
    let mirrored = rate.mapped(0.0, -1.0);
    tabulate(
        places,
        |x| (x, 1.0),
        |points| {
            for &Atom { x: yes, mass } in masses_yes {
                for &Atom { x: no, mass: more } in masses_no {
                    let (mass, gap) = (mass * more, yes - no);
                    if gap == 0.0 {
                        for point in &mut *points {
                            point.below += mass * f64::from(u8::from(point.x >= no));
                        }
                        continue;
                    }
                    let mut reader = Reader::new(if gap > 0.0 { rate } else { &mirrored });
                    for point in &mut *points {
                        let (below, density) = reader.at((point.x - no) / gap.abs());
                        point.below += mass * below;
                        point.density += mass * density / gap.abs();
                    }
                }
            }
        },
    )
}

/// The points of a blend as a mixture over the rate.
fn given_rates(rate: &Table, ways: [&Law; 2], places: &[f64]) -> Vec<Point> {
    let parts = given_each_rate(rate, ways);
    tabulate(
        places,
        |x| (x, 1.0),
        |points| {
            for part in &parts {
                part.add_to(points);
            }
        },
    )
}

/// What a blend comes to for each rate, as parts of its law.
fn given_each_rate<'a>(rate: &Table, [yes, no]: [&'a Law; 2]) -> Vec<Shifted<'a>> {
    // How far apart the two ways may lie, which is what the rate moves between.
    let apart = (yes.mean - no.mean).hypot(APART * (yes.variance + no.variance).sqrt());
    let smooth = |rate: f64| (rate * yes.scale()).max((1.0 - rate) * no.scale());
    let relative = [yes, no].map(Law::relative_scale);
    let stretched = |rate: f64| (rate * relative[0]).min((1.0 - rate) * relative[1]);
    let width = |rate: f64| CUT * (smooth(rate) / apart).max(stretched(rate));
    let mut sums = Sums::of([yes, no]);
    let mut parts = Vec::new();
    for Atom { x: rate, mass } in atoms_by(rate, width, LIGHT) {
        let rate = rate.clamp(1e-12, 1.0 - 1e-12);
        sums.add(&mut parts, [rate, 1.0 - rate], mass);
    }
    parts
}

/// Where a blend is looked at, from many levels of what spreads it most and a few of the rest.
///
/// * `gap`: how far the ways are apart.
fn blended_places(rate: &Table, [yes, no]: [&Law; 2], gap: f64) -> Vec<f64> {
    let middle = rate.about(0.5);
    let spreads = [
        rate.spread() * gap,
        middle * yes.spread(),
        (1.0 - middle) * no.spread(),
    ];
    let most = spreads.iter().copied().fold(0.0, f64::max);
    let of = |spread: f64| if spread >= most { MANY } else { FEW };
    let (of_yes, of_no) = (yes.levels(of(spreads[1])), no.levels(of(spreads[2])));
    let mut about = Vec::new();
    for rate in levels(rate, of(spreads[0])) {
        for yes in &of_yes {
            about.extend(of_no.iter().map(|no| Atom {
                x: rate.x * yes.x + (1.0 - rate.x) * no.x,
                mass: rate.mass * yes.mass * no.mass,
            }));
        }
    }
    let (yes, no) = (yes.ends(), no.ends());
    let rates = [rate.first(), rate.last()];
    let at = |end: usize| rates.map(|rate| rate * yes[end] + (1.0 - rate) * no[end]);
    let (low, high) = (at(0), at(1));
    places(about, low[0].min(low[1]), high[0].max(high[1]))
}
