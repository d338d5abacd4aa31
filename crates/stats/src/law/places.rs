//! Where the law of a combination is looked at: where its mass lies, and more densely where it bends.

use super::atoms::Atom;
use super::table::{Point, Table};

/// Levels of probability at which the table of a combination has points, but for its ends: three fifths of a standard deviation apart
/// if it is normal.
const LEVELS: [f64; 19] = [
    1e-6, 3e-5, 3e-4, 1.6e-3, 0.007, 0.022, 0.06, 0.14, 0.3, 0.5, 0.7, 0.86, 0.94, 0.978, 0.993,
    0.998_4, 0.999_7, 0.999_97, 0.999_999,
];

/// Levels by which a part of a combination is represented while its places are looked for: the one that spreads it most, and the
/// others.
pub(super) const MANY: &[f64] = &[
    1e-5, 5e-4, 0.005, 0.025, 0.09, 0.22, 0.4, 0.6, 0.78, 0.91, 0.975, 0.995, 0.999_5, 0.999_99,
];
pub(super) const FEW: &[f64] = &[0.01, 0.2, 0.8, 0.99];

/// How far a cell's mass may be from what the densities at its ends make of it.
const BEND: f64 = 0.002;

/// A cell with more mass than this may bend both ways at once, which its ends do not tell.
const HEAVY: f64 = 0.1;

/// How often cells that bend are halved.
const ROUNDS: usize = 10;

/// Most points of a table: a law that bends more often than that is one of many small steps.
const POINTS_MAX: usize = 160;

/// Points nearer than this part of the whole width are one.
const NEAR: f64 = 1e-9;

/// A law as masses at some of its levels, enough to see where it lies.
pub(super) fn levels(table: &Table, levels: &[f64]) -> Vec<Atom> {
    let mut taken = 0.0;
    let next = levels[1..].iter().map(Some).chain([None]);
    levels
        .iter()
        .zip(next)
        .map(|(level, next)| {
            let until = next.map_or(1.0, |next| f64::midpoint(*level, *next));
            let mass = until - taken;
            taken = until;
            Atom {
                x: table.about(*level),
                mass,
            }
        })
        .collect()
}

/// Places for the table of a combination.
///
/// * `masses`: about where its mass lies.
/// * `first`, `last`: the least and the most that it may come to.
pub(super) fn places(mut masses: Vec<Atom>, first: f64, last: f64) -> Vec<f64> {
    masses.sort_unstable_by(|a, b| a.x.total_cmp(&b.x));
    let near = NEAR * (last - first);
    let mut places = vec![first];
    let mut levels = LEVELS.iter();
    let mut wanted = levels.next();
    let mut below = 0.0;
    for atom in masses {
        below += atom.mass;
        while wanted.is_some_and(|level| *level <= below) {
            let before = places[places.len() - 1];
            if atom.x - before > near && last - atom.x > near {
                places.push(atom.x);
            }
            wanted = levels.next();
        }
    }
    places.push(last.max(places[places.len() - 1] + near));
    places
}

/// The points of a law at some places, and between them where it bends.
///
/// * `view`: the coordinate in which the table will be read, and its slope.
/// * `add`: fills in ascending points.
pub(super) fn tabulate(
    places: &[f64],
    view: impl Fn(f64) -> (f64, f64),
    add: impl Fn(&mut [Point]),
) -> Vec<Point> {
    let mut points = zeroes(places);
    add(&mut points);
    for _ in 0..ROUNDS {
        let bent =
            |cell: &[Point]| is_bent(cell, &view).then(|| f64::midpoint(cell[0].x, cell[1].x));
        let halves: Vec<f64> = points.windows(2).filter_map(bent).collect();
        if halves.is_empty() || points.len() + halves.len() > POINTS_MAX {
            break;
        }
        let mut more = zeroes(&halves);
        add(&mut more);
        points.extend(more);
        points.sort_unstable_by(|a, b| a.x.total_cmp(&b.x));
    }
    points
}

fn is_bent(cell: &[Point], view: impl Fn(f64) -> (f64, f64)) -> bool {
    let (low, high) = (cell[0], cell[1]);
    let rise = high.below - low.below;
    if rise < 0.25 * BEND {
        return false;
    }
    if rise > HEAVY {
        return true;
    }
    let ((from, slope_from), (to, slope_to)) = (view(low.x), view(high.x));
    let width = to - from;
    // As the table will limit them.
    let limit = 3.0 * rise;
    let ends = (width * low.density / slope_from).min(limit)
        + (width * high.density / slope_to).min(limit);
    (rise - 0.5 * ends).abs() > BEND
}

fn zeroes(places: &[f64]) -> Vec<Point> {
    let zero = |x: &f64| Point {
        x: *x,
        below: 0.0,
        density: 0.0,
    };
    places.iter().map(zero).collect()
}
