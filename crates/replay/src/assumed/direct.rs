//! The direct method: a linear model of what each destination brings, asked about every lead.

use pointsman_stats::ope::{
    fold,
    model::{Linear, TrainingRow},
};

use super::{Gathered, Seen, count, measured::Codes};

/// Parts of the log: a lead is expected by the other part.
const FOLDS: usize = 2;
/// Features of a lead at most, those of the fields that matter most.
const FEATURES_MAX: usize = 48;
/// Levels of a field that get a feature each.
const LEVELS_MAX: usize = 12;
/// Leads that a model learns from at most.
const ROWS_MAX: usize = 50_000;
/// Fewer leads than this are expected to bring their mean.
const ROWS_MIN: usize = 50;
/// As how many leads no effect at all counts.
const PENALTY: f64 = 10.0;

/// What is expected of a destination.
enum Expectation {
    /// Whatever the lead, drawn to the mean of all.
    Mean(f64),
    Model(Linear),
}

/// Mean over all leads of what each policy's choices are expected to bring; none if a policy goes only where the log never does.
pub(super) fn value(gathered: Gathered<'_>, codes: &Codes) -> [Option<f64>; 2] {
    let leads = gathered.leads;
    let features = Features::new(codes, leads.len());
    let folds: Vec<usize> = leads
        .iter()
        .map(|lead| fold(Some(lead.cluster), lead.cluster, FOLDS))
        .collect();
    let models: Vec<Vec<Expectation>> = (0..FOLDS)
        .map(|fold| fit(gathered, &features, &folds, fold))
        .collect();
    let (mut sums, mut row) = ([0.0; 2], Vec::new());
    for (position, lead) in leads.iter().enumerate() {
        features.write(position, &mut row);
        let models = &models[folds[position]];
        for (sum, plan) in sums.iter_mut().zip(lead.plans) {
            *sum += match gathered.plan(plan) {
                None => lead.reward,
                Some(plan) => plan
                    .iter()
                    .filter_map(|(to, probability)| {
                        let expected = models.get(*to as usize)?.of(&row);
                        Some(probability * expected)
                    })
                    .sum(),
            };
        }
    }
    sums.map(|sum| {
        let value = sum / count(leads.len()).max(1.0);
        value.is_finite().then_some(value)
    })
}

impl Expectation {
    fn of(&self, features: &[f64]) -> f64 {
        match self {
            Self::Mean(mean) => *mean,
            Self::Model(model) => model.mean(features),
        }
    }
}

/// A model of each destination by the leads outside of a fold.
fn fit(
    gathered: Gathered<'_>,
    features: &Features<'_>,
    folds: &[usize],
    fold: usize,
) -> Vec<Expectation> {
    let mut rows: Vec<Vec<usize>> = vec![Vec::new(); gathered.n_destinations];
    let (mut n, mut sum) = (0.0, 0.0);
    for (position, lead) in gathered.leads.iter().enumerate() {
        let Some(to) = lead.destination.filter(|_| folds[position] != fold) else {
            continue;
        };
        n += 1.0;
        sum += lead.reward;
        let rows = &mut rows[to as usize];
        if rows.len() < ROWS_MAX {
            rows.push(position);
        }
    }
    let mean = if n > 0.0 { sum / n } else { 0.0 };
    let one = |rows: &Vec<usize>| model(gathered.leads, features, rows, mean);
    rows.iter().map(one).collect()
}

fn model(leads: &[Seen], features: &Features<'_>, rows: &[usize], mean: f64) -> Expectation {
    let sum: f64 = rows.iter().map(|row| leads[*row].reward).sum();
    let drawn = (sum + PENALTY * mean) / (count(rows.len()) + PENALTY);
    if rows.len() < ROWS_MIN || features.n == 0 {
        return Expectation::Mean(drawn);
    }
    let mut written = vec![0.0; rows.len() * features.n];
    let mut one = Vec::new();
    for (row, place) in rows.iter().zip(written.chunks_mut(features.n)) {
        features.write(*row, &mut one);
        place.copy_from_slice(&one);
    }
    let training: Vec<TrainingRow<'_>> = rows
        .iter()
        .zip(written.chunks(features.n))
        .map(|(row, features)| TrainingRow {
            features,
            outcome: leads[*row].reward,
        })
        .collect();
    Linear::fit(&training, PENALTY).map_or(Expectation::Mean(drawn), Expectation::Model)
}

/// The fields as numbers: a number as it is, a text as one feature for each of its frequent values.
struct Features<'a> {
    columns: Vec<Feature<'a>>,
    n: usize,
}

enum Feature<'a> {
    Number(&'a [f64]),
    Level(&'a [u16], u16),
}

impl<'a> Features<'a> {
    fn new(codes: &'a Codes, n_leads: usize) -> Self {
        let mut columns = Vec::new();
        for field in &codes.fields {
            if let Some(numbers) = &field.numbers {
                columns.push(Feature::Number(numbers));
            }
            let mut sizes = vec![0_usize; field.n_levels];
            for level in &field.levels {
                sizes[usize::from(*level)] += 1;
            }
            let mut levels: Vec<usize> = (0..field.n_levels).collect();
            levels.sort_by_key(|level| std::cmp::Reverse(sizes[*level]));
            // All but the most frequent one, which the others are compared with.
            let others = levels.into_iter().skip(1).take(LEVELS_MAX);
            let others = others.filter(|level| sizes[*level] * 1_000 >= n_leads);
            columns.extend(others.map(|level| {
                let level = u16::try_from(level).unwrap_or(u16::MAX);
                Feature::Level(&field.levels, level)
            }));
        }
        columns.truncate(FEATURES_MAX);
        let n = columns.len();
        Self { columns, n }
    }

    fn write(&self, row: usize, features: &mut Vec<f64>) {
        features.clear();
        features.extend(self.columns.iter().map(|column| match column {
            Feature::Number(numbers) => numbers[row],
            Feature::Level(levels, level) => f64::from(levels[row] == *level),
        }));
    }
}
