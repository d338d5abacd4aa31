//! The law of a sum of two independent amounts, as copies of one of them moved by masses of the other.

use std::rc::Rc;

use super::Law;
use super::atoms::{Atom, atoms, emit, moments};
use super::table::{Point, Reader, Table};

/// How wide the stretches of the rougher law are that become masses, in the scale of the smoother.
pub(super) const CUT: f64 = 1.3;

/// A cell this light becomes a mass, however wide it is.
const LIGHT_CELL: f64 = 2e-4;

/// A stretch of the smoother law need not be lighter, where it becomes masses itself.
const LIGHT_RUN: f64 = 0.006;

/// Copies of a law, or of a stretch of one, narrowed by a factor and moved.
pub(super) struct Shifted<'a> {
    law: Shape<'a>,
    factor: f64,
    /// By how much each copy is moved, and how much mass it has.
    copies: Vec<Atom>,
}

enum Shape<'a> {
    Whole(&'a Table),
    Stretch(Rc<Table>),
}

impl Shifted<'_> {
    fn table(&self) -> &Table {
        match &self.law {
            Shape::Whole(table) => table,
            Shape::Stretch(table) => table,
        }
    }

    /// The part of the distribution, and of the density, at a place.
    pub(super) fn at(&self, place: f64) -> (f64, f64) {
        let (table, by) = (self.table(), 1.0 / self.factor);
        let copies = self.copies.iter();
        copies.fold((0.0, 0.0), |(sum, slope), Atom { x, mass }| {
            let (below, density) = table.at((place - x) * by);
            (sum + mass * below, slope + mass * by * density)
        })
    }

    /// Adds the copies to the distribution at ascending points.
    pub(super) fn add_to(&self, points: &mut [Point]) {
        let table = self.table();
        let by = 1.0 / self.factor;
        for Atom { x, mass } in &self.copies {
            let mut reader = Reader::new(table);
            let (weight, slope) = (*mass, mass * by);
            for point in &mut *points {
                let (below, density) = reader.at((point.x - x) * by);
                point.below += weight * below;
                point.density += slope * density;
            }
        }
    }
}

/// Sums of two laws, each times a factor of its own.
pub(super) struct Sums<'a> {
    laws: [Side<'a>; 2],
}

/// A law with the ways in which it was cut, by the width of a stretch in thirds of powers of two of its own scale.
struct Side<'a> {
    table: Option<&'a Table>,
    mean: f64,
    cuts: Vec<(i32, Rc<Cut>)>,
}

/// A law as masses where it is rough, and as it is where it is smooth.
struct Cut {
    masses: Vec<Atom>,
    runs: Vec<Run>,
}

/// Neighbouring cells that are too wide to be masses.
struct Run {
    law: Rc<Table>,
    mass: f64,
    /// On this width it is smooth.
    width: f64,
}

impl<'a> Sums<'a> {
    pub(super) fn of(laws: [&'a Law; 2]) -> Self {
        Self {
            laws: laws.map(|law| Side {
                table: law.table.as_ref(),
                mean: law.mean,
                cuts: Vec::new(),
            }),
        }
    }

    pub(super) fn of_tables(tables: [&'a Table; 2]) -> Self {
        Self {
            laws: tables.map(|table| Side {
                table: Some(table),
                mean: 0.0,
                cuts: Vec::new(),
            }),
        }
    }

    /// Adds the parts of one sum, with a share of the mass.
    ///
    /// * `factors`: above 0.
    pub(super) fn add(&mut self, parts: &mut Vec<Shifted<'a>>, factors: [f64; 2], share: f64) {
        let scale = |i: usize| factors[i] * self.laws[i].table.map_or(0.0, |table| table.scale);
        let (smooth, rough) = if scale(0) >= scale(1) { (0, 1) } else { (1, 0) };
        let Some(table) = self.laws[smooth].table else {
            return;
        };
        let width = scale(smooth);
        let cut = self.laws[rough].cut(CUT * width / factors[rough]);
        parts.push(Shifted {
            law: Shape::Whole(table),
            factor: factors[smooth],
            copies: moved(&cut.masses, factors[rough], share),
        });
        for run in &cut.runs {
            let width = run.width * factors[rough] / factors[smooth];
            let masses = atoms(table, width, LIGHT_RUN);
            parts.push(Shifted {
                law: Shape::Stretch(Rc::clone(&run.law)),
                factor: factors[rough],
                copies: moved(&masses, factors[smooth], share * run.mass),
            });
        }
    }
}

fn moved(masses: &[Atom], factor: f64, share: f64) -> Vec<Atom> {
    let masses = masses.iter().map(|it| Atom {
        x: factor * it.x,
        mass: share * it.mass,
    });
    masses.collect()
}

impl Side<'_> {
    fn cut(&mut self, width: f64) -> Rc<Cut> {
        // In its own unit: what is believed does not depend on how money is counted.
        let unit = self.table.map_or(1.0, |table| table.scale);
        #[expect(clippy::cast_possible_truncation, reason = "a logarithm")]
        let step = ((width / unit).log2() * 3.0).floor() as i32;
        if let Some((_, cut)) = self.cuts.iter().find(|(made, _)| *made == step) {
            return Rc::clone(cut);
        }
        let cut = Rc::new(match self.table {
            Some(table) => Cut::of(table, unit * (f64::from(step) / 3.0).exp2()),
            None => Cut {
                masses: vec![Atom {
                    x: self.mean,
                    mass: 1.0,
                }],
                runs: Vec::new(),
            },
        });
        self.cuts.push((step, Rc::clone(&cut)));
        cut
    }
}

impl Cut {
    /// * `width`: of a stretch that becomes masses.
    fn of(table: &Table, width: f64) -> Self {
        let (mut masses, mut runs) = (Vec::new(), Vec::new());
        let mut sums = [0.0; 4];
        let mut from = table.first();
        let mut run = None;
        for (i, cell) in table.points.windows(2).enumerate() {
            let wide = cell[1].x - cell[0].x > width;
            if wide && cell[1].below - cell[0].below > LIGHT_CELL {
                emit(&mut masses, &mut sums, from);
                run.get_or_insert(i);
                from = cell[1].x;
                continue;
            }
            if let Some(start) = run.take() {
                runs.push(Run::of(&table.points[start..=i]));
                from = cell[0].x;
            }
            if cell[1].x - from > width {
                emit(&mut masses, &mut sums, from);
                from = cell[0].x;
            }
            let more = moments(&cell[0], &cell[1], from);
            sums.iter_mut()
                .zip(more)
                .for_each(|(sum, more)| *sum += more);
        }
        emit(&mut masses, &mut sums, from);
        if let Some(start) = run {
            runs.push(Run::of(&table.points[start..]));
        }
        Self { masses, runs }
    }
}

impl Run {
    fn of(points: &[Point]) -> Self {
        let (first, last) = (points[0], points[points.len() - 1]);
        let mass = last.below - first.below;
        let widths = points.windows(2).map(|cell| cell[1].x - cell[0].x);
        let width = widths.fold(f64::INFINITY, f64::min);
        let points = points.iter().map(|point| Point {
            below: (point.below - first.below) / mass,
            density: point.density / mass,
            ..*point
        });
        let law = Table {
            points: points.collect(),
            scale: width,
        };
        Self {
            law: Rc::new(law),
            mass,
            width,
        }
    }
}
