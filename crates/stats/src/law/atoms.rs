//! A law as a few masses, for integrals over it.

use super::table::{Point, Table};

/// A mass at a place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Atom {
    pub(super) x: f64,
    pub(super) mass: f64,
}

/// Mass below which a stretch joins its neighbour.
const NEGLIGIBLE: f64 = 1e-6;

/// Mass, first, second and third moment about `origin` of one cell.
pub(super) fn moments(low: &Point, high: &Point, origin: f64) -> [f64; 4] {
    // The density of a cubic is a parabola: three Gauss nodes integrate x³ of it exactly.
    const NODES: [(f64, f64); 3] = [
        (0.112_701_665_379_258_31, 5.0 / 18.0),
        (0.5, 8.0 / 18.0),
        (0.887_298_334_620_741_7, 5.0 / 18.0),
    ];
    let width = high.x - low.x;
    let rise = high.below - low.below;
    let (from, to) = (low.density * width, high.density * width);
    let (second, third) = (3.0 * rise - 2.0 * from - to, from + to - 2.0 * rise);
    let mut sums = [0.0; 4];
    for (s, weight) in NODES {
        let mass = weight * (from + s * (2.0 * second + 3.0 * s * third));
        let x = low.x + s * width - origin;
        sums[0] += mass;
        sums[1] += mass * x;
        sums[2] += mass * x * x;
        sums[3] += mass * x * x * x;
    }
    sums
}

/// Masses with the first moments of each stretch of `width`, two for each.
///
/// An integral over the law of what is smooth on that width is the sum over the masses.
///
/// * `light`: mass that need not be cut, however wide it lies.
pub(super) fn atoms(table: &Table, width: f64, light: f64) -> Vec<Atom> {
    atoms_by(table, |_| width, light)
}

/// The same, of stretches whose width depends on where they are.
pub(super) fn atoms_by(table: &Table, width: impl Fn(f64) -> f64, light: f64) -> Vec<Atom> {
    let mut atoms = Vec::new();
    let mut sums = [0.0; 4];
    let mut from = table.first();
    for cell in table.points.windows(2) {
        let at_end = width(cell[1].x);
        let by_width = ((cell[1].x - cell[0].x) / width(cell[0].x).min(at_end)).ceil();
        let by_mass = ((cell[1].below - cell[0].below) / light).ceil();
        let pieces = by_width.min(by_mass).max(1.0);
        if pieces > 1.0 {
            emit(&mut atoms, &mut sums, from);
            split(&mut atoms, cell, pieces);
            from = cell[1].x;
            continue;
        }
        let mass = sums[0] + cell[1].below - cell[0].below;
        if mass > light && cell[1].x - from > width(from).min(at_end) {
            emit(&mut atoms, &mut sums, from);
            from = cell[0].x;
        }
        let more = moments(&cell[0], &cell[1], from);
        sums.iter_mut()
            .zip(more)
            .for_each(|(sum, more)| *sum += more);
    }
    emit(&mut atoms, &mut sums, from);
    atoms
}

/// Cuts a cell that is wider than wanted.
fn split(atoms: &mut Vec<Atom>, cell: &[Point], pieces: f64) {
    let width = (cell[1].x - cell[0].x) / pieces;
    let mut low = cell[0];
    let mut piece = 0.0;
    while piece < pieces {
        piece += 1.0;
        let x = cell[0].x + width * piece;
        let (below, density) = super::table::cubic(&cell[0], &cell[1], x);
        let high = if piece < pieces {
            Point { x, below, density }
        } else {
            cell[1]
        };
        let mut sums = moments(&low, &high, low.x);
        emit(atoms, &mut sums, low.x);
        low = high;
    }
}

/// Two masses in place of what was gathered: Gauss's rule for it, so that neither lies outside.
pub(super) fn emit(atoms: &mut Vec<Atom>, sums: &mut [f64; 4], origin: f64) {
    let [mass, first, second, third] = std::mem::take(sums);
    if mass <= 0.0 {
        return;
    }
    let mean = first / mass;
    let variance = second / mass - mean * mean;
    let x = origin + mean;
    if mass < NEGLIGIBLE || variance <= 0.0 {
        atoms.push(Atom { x, mass });
        return;
    }
    let spread = variance.sqrt();
    let skewed = third / mass - mean * (3.0 * variance + mean * mean);
    let half = 0.5 * skewed / (variance * spread);
    let root = half.hypot(1.0);
    let (low, high) = (half - root, half + root);
    atoms.push(Atom {
        x: x + spread * low,
        mass: mass * high / (high - low),
    });
    atoms.push(Atom {
        x: x + spread * high,
        mass: -mass * low / (high - low),
    });
}
