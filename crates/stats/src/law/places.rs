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
pub(super) const FEW: &[f64] = &[0.03, 0.5, 0.97];

/// Levels by which it is found how far the ways of a blend are apart.
pub(super) const EVEN: &[f64] = &[0.01, 0.2, 0.8, 0.99];

/// How far a cell's mass may be from what the densities at its ends make of it.
const BEND: f64 = 0.004;

/// A cell with more mass than this may bend both ways at once, which its ends do not tell.
const HEAVY: f64 = 0.2;

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
    let mut points = zeroes(places.iter().copied());
    add(&mut points);
    let mut cells: Vec<Cell> = points
        .iter()
        .map(|point| Cell::new(*point, &view))
        .collect();
    let mut halves = Vec::new();
    for _ in 0..ROUNDS {
        halves.clear();
        for k in 1..cells.len() {
            if !cells[k - 1].is_done && cells[k - 1].is_bent(&cells[k]) {
                halves.push(f64::midpoint(cells[k - 1].from.x, cells[k].from.x));
            } else {
                cells[k - 1].is_done = true;
            }
        }
        if halves.is_empty() || cells.len() + halves.len() > POINTS_MAX {
            break;
        }
        let mut more = zeroes(halves.iter().copied());
        add(&mut more);
        cells = merged(&cells, &more, &view);
    }
    cells.iter().map(|cell| cell.from).collect()
}

/// From one point to the next.
#[derive(Clone, Copy)]
struct Cell {
    from: Point,
    /// The coordinate in which the point will be read, and its slope.
    view: (f64, f64),
    /// Whether it is known not to bend.
    is_done: bool,
}

impl Cell {
    fn new(from: Point, view: impl Fn(f64) -> (f64, f64)) -> Self {
        Self {
            from,
            view: view(from.x),
            is_done: false,
        }
    }

    fn is_bent(&self, next: &Self) -> bool {
        let (low, high) = (self.from, next.from);
        let rise = high.below - low.below;
        if rise < 0.25 * BEND {
            return false;
        }
        if rise > HEAVY {
            return true;
        }
        let width = next.view.0 - self.view.0;
        // As the table will limit them.
        let limit = 3.0 * rise;
        let ends = (width * low.density / self.view.1).min(limit)
            + (width * high.density / next.view.1).min(limit);
        (rise - 0.5 * ends).abs() > BEND
    }
}

/// The cells with their halves, in order.
fn merged(cells: &[Cell], halves: &[Point], view: impl Fn(f64) -> (f64, f64)) -> Vec<Cell> {
    let mut halves = halves.iter().peekable();
    let mut merged = Vec::with_capacity(cells.len() + halves.len());
    for cell in cells {
        while let Some(half) = halves.next_if(|half| half.x < cell.from.x) {
            merged.push(Cell::new(*half, &view));
        }
        merged.push(*cell);
    }
    merged
}

fn zeroes(places: impl Iterator<Item = f64>) -> Vec<Point> {
    let zero = |x| Point {
        x,
        below: 0.0,
        density: 0.0,
    };
    places.map(zero).collect()
}
