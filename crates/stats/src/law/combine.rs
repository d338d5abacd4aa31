//! Sums, products and blends of independent laws.

use super::Law;
use super::atoms::{Atom, atoms};
use super::places::{FEW, MANY, levels, places, tabulate};
use super::table::{Point, Reader, Table};

/// How fine the rougher law is cut, in the scale of the smoother: see the tests for what that costs.
const CUT: f64 = 1.4;

/// A stretch this light is not cut, however wide: wherever its mass lies, a probability changes by less.
const LIGHT: f64 = 2e-3;

/// Most pairs of masses that one integral runs over; beyond, both laws are cut more coarsely. A law with most of its mass
/// next to an end needs many, since nothing smooths what it does there.
const PAIRS_MAX: usize = 1_000;
const PAIRS_MAX_SHARP: usize = 2_500;

/// A law is sharp if it is smooth on less than this part of its own width.
const SHARP: f64 = 0.1;

/// A law narrower than this part of the other's scale widens it and does nothing else.
const NARROW: f64 = 0.003;

/// Cases that may be smoother than is assumed for the rest.
const TENTH: f64 = 0.2;

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
        let (by_rate, by_yes, by_no) = (
            rate.spread() * gap,
            rate.about(TENTH) * yes.spread(),
            (1.0 - rate.about(1.0 - TENTH)) * no.spread(),
        );
        let table = if by_rate >= by_yes.max(by_no) {
            rated(rate, yes, no, rate.scale * gap)
        } else if by_yes > by_no {
            paid((self, rate), yes, no, rate.about(TENTH) * yes.scale())
        } else {
            let refused = self.scaled(-1.0).shifted(1.0);
            let table = rate.mapped(1.0, -1.0);
            paid((&refused, &table), no, yes, table.about(TENTH) * no.scale())
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

    fn is_sharp(&self) -> bool {
        self.scale() < SHARP * self.spread()
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
    let (yes, no) = (yes.levels(FEW), no.levels(FEW));
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

/// The points of a sum: the smoother law moved by each mass of the other.
///
/// * `view`: the coordinate in which they will be read, and its slope.
fn sum(a: &Table, b: &Table, view: impl Fn(f64) -> (f64, f64)) -> Vec<Point> {
    let (smooth, rough) = if a.spread() >= b.spread() {
        (a, b)
    } else {
        (b, a)
    };
    let (mean, deviation) = rough.moments();
    if deviation < NARROW * smooth.scale {
        return smooth.widened(mean, deviation).points;
    }
    let moves = levels(rough, MANY);
    let coarse = levels(smooth, MANY);
    let about = coarse.iter().flat_map(|one| {
        moves.iter().map(|other| Atom {
            x: one.x + other.x,
            mass: one.mass * other.mass,
        })
    });
    let places = places(about.collect(), a.first() + b.first(), a.last() + b.last());
    let masses = atoms(rough, CUT * smooth.scale, LIGHT);
    tabulate(&places, view, |points| {
        for Atom { x, mass } in &masses {
            let mut reader = Reader::new(smooth);
            for point in &mut *points {
                let (below, density) = reader.at(point.x - x);
                point.below += mass * below;
                point.density += mass * density;
            }
        }
    })
}

/// The points of a blend by the law of its rate: what both ways bring are taken as masses.
fn rated(rate: &Table, yes: &Law, no: &Law, scale: f64) -> Vec<Point> {
    let (masses_yes, masses_no) = paired(
        yes.is_sharp() || no.is_sharp(),
        |factor| yes.atoms(CUT * factor * scale, LIGHT * factor),
        |factor| no.atoms(CUT * factor * scale, LIGHT * factor),
    );
    let places = blended_places((rate, MANY), (yes, FEW), (no, FEW));
    let mirrored = rate.mapped(0.0, -1.0);
    tabulate(
        &places,
        |x| (x, 1.0),
        |points| {
            for &Atom { x: yes, mass } in &masses_yes {
                for &Atom { x: no, mass: more } in &masses_no {
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

/// The points of a blend by the law of what its likely way brings: the rate and the other way are taken as masses.
fn paid((rate, rates): (&Law, &Table), yes: &Law, no: &Law, scale: f64) -> Vec<Point> {
    let Some(smooth) = &yes.table else {
        return Vec::new();
    };
    let rest = 1.0 - rate.mean;
    // How far apart the two ways may lie, which is what the rate moves between.
    let apart = (yes.mean - no.mean).hypot(1.5 * (yes.variance + no.variance).sqrt());
    let no_scale = scale / (rest + 2.5 * rate.variance.sqrt()).clamp(1e-9, 1.0);
    let (masses_rate, masses_no) = paired(
        yes.is_sharp() || no.is_sharp(),
        |factor| atoms(rates, CUT * factor * scale / apart, LIGHT * factor),
        |factor| no.atoms(CUT * factor * no_scale, LIGHT * factor),
    );
    let places = blended_places((rates, FEW), (yes, MANY), (no, FEW));
    tabulate(
        &places,
        |x| (x, 1.0),
        |points| {
            for &Atom { x: rate, mass } in &masses_rate {
                let rate = rate.clamp(1e-12, 1.0);
                for &Atom { x: no, mass: more } in &masses_no {
                    let mass = mass * more;
                    let mut reader = Reader::new(smooth);
                    for point in &mut *points {
                        let (below, density) = reader.at((point.x - (1.0 - rate) * no) / rate);
                        point.below += mass * below;
                        point.density += mass * density / rate;
                    }
                }
            }
        },
    )
}

/// Two laws as masses, together no more than an integral may run over.
///
/// * `a`, `b`: the masses of each, cut more coarsely by a factor.
/// * `is_sharp`: whether one of the laws of the blend is.
fn paired(
    is_sharp: bool,
    a: impl Fn(f64) -> Vec<Atom>,
    b: impl Fn(f64) -> Vec<Atom>,
) -> (Vec<Atom>, Vec<Atom>) {
    let most = if is_sharp { PAIRS_MAX_SHARP } else { PAIRS_MAX };
    let mut factor = 1.0;
    loop {
        let (a, b) = (a(factor), b(factor));
        if a.len() * b.len() <= most || factor > 50.0 {
            return (a, b);
        }
        factor *= 1.5;
    }
}

/// Where a blend is looked at; each part comes with the levels by which it is represented.
fn blended_places(
    (rate, of_rate): (&Table, &[f64]),
    (yes, of_yes): (&Law, &[f64]),
    (no, of_no): (&Law, &[f64]),
) -> Vec<f64> {
    let (yes_levels, no_levels) = (yes.levels(of_yes), no.levels(of_no));
    let mut about = Vec::with_capacity(of_rate.len() * yes_levels.len() * no_levels.len());
    for rate in levels(rate, of_rate) {
        for yes in &yes_levels {
            about.extend(no_levels.iter().map(|no| Atom {
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
