//! Sums, products and blends of independent laws.

use super::Law;
use super::atoms::{Atom, atoms};
use super::table::{Point, Reader, Table};

/// How fine the rougher law is cut, in the scale of the smoother: see the tests for what that costs.
const CUT: f64 = 0.7;

/// Most masses that one integral runs over; beyond, the rougher laws are cut more coarsely.
const ATOMS_MAX: f64 = 600.0;

/// A law narrower than this part of the other's scale widens it and does nothing else.
const NARROW: f64 = 0.15;

/// How near the points of a sum lie to each other, in the scale of its smoother part.
const NEAREST: f64 = 0.5;

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
                table: Some(sum(a, b)),
                ln_scale: 0.0,
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
                table: Some(in_powers(&sum(
                    &in_logarithms(a, self.ln_scale),
                    &in_logarithms(b, other.ln_scale),
                ))),
                ln_scale: self.ln_scale.hypot(other.ln_scale),
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
        let Some(rate) = &self.table else {
            let blended = yes.scaled(self.mean).plus(&no.scaled(rest));
            return Self {
                mean,
                variance,
                ..blended
            };
        };
        let scale = |law: &Self| law.table.as_ref().map_or(0.0, |table| table.scale);
        let gap = (yes.mean - no.mean).abs();
        let (by_rate, by_yes, by_no) = (rate.scale * gap, self.mean * scale(yes), rest * scale(no));
        let whole = by_rate.hypot(by_yes).hypot(by_no);
        let table = if by_rate >= by_yes.max(by_no) {
            Some(rated(rate, yes, no, (by_rate, whole)))
        } else if by_yes > by_no {
            paid(self, yes, no, (by_yes, whole))
        } else {
            let refused = Self {
                mean: rest,
                variance: self.variance,
                table: Some(rate.mapped(1.0, -1.0)),
                ln_scale: 0.0,
            };
            paid(&refused, no, yes, (by_no, whole))
        };
        Self {
            mean,
            variance,
            table,
            ln_scale: 0.0,
        }
    }
}

/// A table in the logarithm of its amounts.
fn in_logarithms(table: &Table, scale: f64) -> Table {
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
    Table::new(points, scale)
}

fn in_powers(table: &Table) -> Table {
    let map = |point: &Point| {
        let x = point.x.exp();
        Point {
            x,
            density: point.density / x,
            ..*point
        }
    };
    let mut powers = Table::new(table.points.iter().map(map).collect(), 0.0);
    let middle = powers.about(0.5);
    let smoothness = super::made::smoothness(table.moments().1);
    powers.scale = smoothness * powers.middle_width().min(middle * table.scale);
    powers
}

/// The table of a sum: the smoother law moved by each mass of the other.
fn sum(a: &Table, b: &Table) -> Table {
    let (smooth, rough) = if a.scale >= b.scale { (a, b) } else { (b, a) };
    let (scale, whole) = (smooth.scale, a.scale.hypot(b.scale));
    let (mean, deviation) = rough.moments();
    if deviation < NARROW * scale {
        return smooth.widened(mean, deviation);
    }
    let width = (CUT * scale).max(2.0 * (rough.last() - rough.first()) / ATOMS_MAX);
    let masses = atoms(rough, width);
    let places = places(
        smooth.points.iter().map(|point| point.x),
        &shifts(&masses, scale),
        whole,
    );
    let mut points = zeroes(&places);
    for Atom { x, mass } in masses {
        let mut reader = Reader::new(smooth);
        for point in &mut points {
            let (below, density) = reader.at(point.x - x);
            point.below += mass * below;
            point.density += mass * density;
        }
    }
    Table::new(points, whole)
}

/// The table of a blend by the law of its rate: what both ways bring are taken as masses.
fn rated(rate: &Table, yes: &Law, no: &Law, (scale, whole): (f64, f64)) -> Table {
    let (masses_yes, masses_no) = both(yes, no, scale);
    let gap = yes.mean - no.mean;
    let lines = rate.points.iter().map(|point| no.mean + point.x * gap);
    let spread = 3.0 * (yes.variance + no.variance).sqrt();
    let mut points = zeroes(&places(lines, &[-spread, 0.0, spread], whole));
    let mirrored = rate.mapped(0.0, -1.0);
    for &Atom { x: yes, mass } in &masses_yes {
        for &Atom { x: no, mass: more } in &masses_no {
            let (mass, gap) = (mass * more, yes - no);
            if gap == 0.0 {
                for point in &mut points {
                    point.below += mass * f64::from(u8::from(point.x >= no));
                }
                continue;
            }
            let mut reader = Reader::new(if gap > 0.0 { rate } else { &mirrored });
            for point in &mut points {
                let (below, density) = reader.at((point.x - no) / gap.abs());
                point.below += mass * below;
                point.density += mass * density / gap.abs();
            }
        }
    }
    Table::new(points, whole)
}

/// The table of a blend by the law of what its likely way brings: the rate and the other way are taken as masses.
fn paid(rate: &Law, yes: &Law, no: &Law, (scale, whole): (f64, f64)) -> Option<Table> {
    let (rates, smooth) = (rate.table.as_ref()?, yes.table.as_ref()?);
    let gap = (yes.mean - no.mean).abs().max(f64::MIN_POSITIVE);
    let rest = 1.0 - rate.mean;
    // How far apart the two ways may lie, which is what the rate moves between.
    let apart = gap.hypot(1.5 * (yes.variance + no.variance).sqrt());
    let no_scale = scale / (rest + 2.5 * rate.variance.sqrt()).clamp(1e-9, 1.0);
    let (masses_rate, masses_no) = thinned(
        |factor| atoms(rates, CUT * factor * scale / apart),
        |factor| {
            no.table.as_ref().map_or_else(
                || {
                    vec![Atom {
                        x: no.mean,
                        mass: 1.0,
                    }]
                },
                |table| atoms(table, CUT * factor * no_scale),
            )
        },
    );
    let spread = 3.0 * (rate.variance * gap * gap + rest * rest * no.variance).sqrt();
    let lines = smooth.points.iter().map(|point| rate.mean * point.x);
    let moved = rest * no.mean;
    let mut points = zeroes(&places(
        lines,
        &[moved - spread, moved, moved + spread],
        whole,
    ));
    for &Atom { x: rate, mass } in &masses_rate {
        let rate = rate.clamp(1e-12, 1.0);
        for &Atom { x: no, mass: more } in &masses_no {
            let mass = mass * more;
            let mut reader = Reader::new(smooth);
            for point in &mut points {
                let (below, density) = reader.at((point.x - (1.0 - rate) * no) / rate);
                point.below += mass * below;
                point.density += mass * density / rate;
            }
        }
    }
    Some(Table::new(points, whole))
}

/// Two laws as masses, together no more than an integral may run over.
fn both(yes: &Law, no: &Law, scale: f64) -> (Vec<Atom>, Vec<Atom>) {
    let of = |law: &Law, factor: f64| {
        let certain = || {
            vec![Atom {
                x: law.mean,
                mass: 1.0,
            }]
        };
        let table = law.table.as_ref();
        table.map_or_else(certain, |table| atoms(table, CUT * factor * scale))
    };
    thinned(|factor| of(yes, factor), |factor| of(no, factor))
}

fn thinned(a: impl Fn(f64) -> Vec<Atom>, b: impl Fn(f64) -> Vec<Atom>) -> (Vec<Atom>, Vec<Atom>) {
    let mut factor = 1.0;
    loop {
        let (a, b) = (a(factor), b(factor));
        if a.len() * b.len() <= 600 || factor > 8.0 {
            return (a, b);
        }
        factor *= 1.5;
    }
}

/// By how much a sum's smoother part is moved, for its points: by the mean of the rest, or by some of its quantiles
/// where it is wide.
fn shifts(masses: &[Atom], scale: f64) -> Vec<f64> {
    const QUANTILES: [f64; 9] = [1e-4, 0.005, 0.04, 0.2, 0.5, 0.8, 0.96, 0.995, 0.9999];
    let (mean, deviation) = moments(masses);
    if deviation < 0.3 * scale {
        return vec![mean, mean - 3.0 * deviation, mean + 3.0 * deviation];
    }
    let mut below = 0.0;
    let mut wanted = QUANTILES.iter().peekable();
    let mut shifts = Vec::with_capacity(QUANTILES.len());
    for atom in masses {
        below += atom.mass;
        while wanted.next_if(|quantile| **quantile <= below).is_some() {
            shifts.push(atom.x);
        }
    }
    shifts.dedup();
    shifts
}

/// Mean and standard deviation of masses.
fn moments(masses: &[Atom]) -> (f64, f64) {
    let mean: f64 = masses.iter().map(|atom| atom.mass * atom.x).sum();
    let square = masses
        .iter()
        .map(|atom| atom.mass * (atom.x - mean).powi(2));
    (mean, square.sum::<f64>().max(0.0).sqrt())
}

/// Where a sum is looked at: the points of its smoother part, moved, and none nearer to each other than that part is
/// smooth.
fn places(smooth: impl Iterator<Item = f64>, shifts: &[f64], scale: f64) -> Vec<f64> {
    let smooth: Vec<f64> = smooth.collect();
    let mut wanted: Vec<f64> = Vec::new();
    for shift in shifts {
        wanted.extend(smooth.iter().map(|x| x + shift));
    }
    wanted.sort_by(f64::total_cmp);
    let end = wanted[wanted.len() - 1];
    let mut kept: Vec<f64> = Vec::with_capacity(wanted.len());
    for x in wanted {
        if kept.last().is_none_or(|last| x - last >= NEAREST * scale) {
            kept.push(x);
        }
    }
    if kept[kept.len() - 1] < end || kept.len() < 2 {
        kept.push(end.max(kept[kept.len() - 1] + NEAREST * scale));
    }
    kept
}

fn zeroes(places: &[f64]) -> Vec<Point> {
    let zero = |x: &f64| Point {
        x: *x,
        below: 0.0,
        density: 0.0,
    };
    places.iter().map(zero).collect()
}
