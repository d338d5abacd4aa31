//! The measured fields of leads, made coarse: few values each, so that leads can be alike.

use std::collections::HashMap;

use pointsman_lead::{FieldIdx, Fields, Schema, Value};

use super::{Seen, count};

/// Distinct texts of a field that are told apart while the log is read.
const TEXTS_MAX: usize = 65_536;
/// Texts of a field that are told apart in the end, the most frequent ones; the others count as one.
const LEVELS_MAX: usize = 20;
/// Parts of equal size that numbers are cut into.
const PARTS: usize = 5;
/// A code for what is missing.
const MISSING: u32 = u32::MAX;
/// Microseconds of an hour.
const HOUR_MICROS: i64 = 3_600_000_000;

/// The values of all leads, field by field.
#[derive(Debug)]
pub(super) struct Measured {
    columns: Vec<Column>,
}

#[derive(Debug)]
struct Column {
    name: String,
    field: FieldIdx,
    values: Values,
}

#[derive(Debug)]
enum Values {
    /// Nothing has come yet.
    Nothing(usize),
    Numbers(Vec<f64>),
    Texts(HashMap<String, u32>, Vec<u32>),
}

/// A field whose values are few.
#[derive(Debug, Clone)]
pub(super) struct Coarse {
    pub(super) name: String,
    /// The level of each lead.
    pub(super) levels: Vec<u16>,
    pub(super) n_levels: usize,
    /// The number itself, where it is one; what is missing is the mean.
    pub(super) numbers: Option<Vec<f64>>,
}

/// All fields, those that matter most first.
#[derive(Debug, Clone)]
pub(super) struct Codes {
    pub(super) fields: Vec<Coarse>,
}

impl Measured {
    pub(super) fn new(schema: &Schema, fields: &[String]) -> Self {
        let column = |name: &String| {
            let field = schema.find(name)?;
            Some(Column {
                name: name.clone(),
                field,
                values: Values::Nothing(0),
            })
        };
        Self {
            columns: fields.iter().filter_map(column).collect(),
        }
    }

    pub(super) fn add(&mut self, fields: &Fields) {
        for column in &mut self.columns {
            column.values.push(fields.get(column.field));
        }
    }

    /// The fields in few values each, ordered by how much they say both of who got a lead and of what it brought.
    pub(super) fn codes(&self, leads: &[Seen], n_destinations: usize) -> Codes {
        let mut fields: Vec<(f64, Coarse)> = self
            .columns
            .iter()
            .filter_map(|column| {
                let coarse = column.coarse()?;
                (coarse.n_levels > 1).then(|| (weight(&coarse, leads, n_destinations), coarse))
            })
            .collect();
        fields.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        Codes {
            fields: fields.into_iter().map(|(_, coarse)| coarse).collect(),
        }
    }
}

impl Codes {
    /// Names of the first fields, and of the others.
    pub(super) fn names(&self, n_first: usize) -> (Vec<String>, Vec<String>) {
        let mut names: Vec<String> = self.fields.iter().map(|field| field.name.clone()).collect();
        let others = names.split_off(n_first.min(names.len()));
        (names, others)
    }
}

impl Values {
    fn push(&mut self, value: Option<&Value>) {
        if let Self::Nothing(n_missing) = self {
            *self = match value {
                None => Self::Nothing(*n_missing + 1),
                Some(Value::Text(_) | Value::Boolean(_)) => {
                    Self::Texts(HashMap::new(), vec![MISSING; *n_missing])
                }
                Some(_) => Self::Numbers(vec![f64::NAN; *n_missing]),
            };
        }
        match self {
            Self::Nothing(_) => {}
            Self::Numbers(numbers) => numbers.push(number(value)),
            Self::Texts(known, codes) => {
                let truth;
                let text = match value {
                    Some(Value::Text(text)) => Some(text.as_str()),
                    Some(Value::Boolean(flag)) => {
                        truth = flag.to_string();
                        Some(truth.as_str())
                    }
                    _ => None,
                };
                let code = text.map(|text| {
                    if let Some(code) = known.get(text) {
                        return *code;
                    }
                    // All that come later share one code.
                    let next = u32::try_from(known.len()).unwrap_or(MISSING);
                    if known.len() < TEXTS_MAX {
                        known.insert(text.to_owned(), next);
                    }
                    next
                });
                codes.push(code.unwrap_or(MISSING));
            }
        }
    }
}

/// A value as a number; a time as its hour, so that what changes within a day and over weeks is seen.
#[expect(
    clippy::cast_precision_loss,
    reason = "parts of equal size need no more digits"
)]
fn number(value: Option<&Value>) -> f64 {
    match value {
        Some(Value::Integer(number) | Value::Decimal(number)) => *number as f64,
        Some(Value::Timestamp(at)) => at.0.div_euclid(HOUR_MICROS) as f64,
        Some(Value::Date(date)) => date.days() as f64,
        _ => f64::NAN,
    }
}

impl Column {
    fn coarse(&self) -> Option<Coarse> {
        let (levels, numbers) = match &self.values {
            Values::Nothing(_) => return None,
            Values::Numbers(numbers) => (parts(numbers), Some(filled(numbers))),
            Values::Texts(_, codes) => (frequent(codes), None),
        };
        let n_levels = levels.iter().max().map_or(0, |max| usize::from(*max) + 1);
        Some(Coarse {
            name: self.name.clone(),
            levels,
            n_levels,
            numbers,
        })
    }
}

/// Numbers with the mean in place of what is missing.
fn filled(numbers: &[f64]) -> Vec<f64> {
    let known = numbers.iter().filter(|number| number.is_finite());
    let (n, sum) = known.fold((0.0, 0.0), |(n, sum), number| (n + 1.0, sum + number));
    let mean = if n > 0.0 { sum / n } else { 0.0 };
    let fill = |number: &f64| if number.is_finite() { *number } else { mean };
    numbers.iter().map(fill).collect()
}

/// Few numbers as they are, many in parts of about equal size; 0 is missing.
fn parts(numbers: &[f64]) -> Vec<u16> {
    let mut sorted: Vec<f64> = numbers.iter().copied().filter(|n| n.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    let mut distinct = sorted.clone();
    distinct.dedup();
    let cuts: Vec<f64> = if distinct.len() <= 2 * PARTS {
        distinct
    } else {
        let mut cuts: Vec<f64> = (0..PARTS)
            .map(|part| sorted[part * sorted.len() / PARTS])
            .collect();
        cuts.dedup();
        cuts
    };
    let level = |number: &f64| {
        if number.is_finite() {
            u16::try_from(cuts.partition_point(|cut| cut <= number)).unwrap_or(u16::MAX)
        } else {
            0
        }
    };
    numbers.iter().map(level).collect()
}

/// The most frequent texts, then all others; 0 is missing.
fn frequent(codes: &[u32]) -> Vec<u16> {
    let mut counts: HashMap<u32, u64> = HashMap::new();
    for code in codes.iter().filter(|code| **code != MISSING) {
        *counts.entry(*code).or_default() += 1;
    }
    let mut ranked: Vec<(u64, u32)> = counts.into_iter().map(|(code, n)| (n, code)).collect();
    ranked.sort_by(|(n, code), (m, other)| m.cmp(n).then(code.cmp(other)));
    let levels: HashMap<u32, u16> = ranked
        .iter()
        .take(LEVELS_MAX)
        .zip(1..)
        .map(|((_, code), level)| (*code, level))
        .collect();
    let other = u16::try_from(LEVELS_MAX + 1).unwrap_or(u16::MAX);
    let level = |code: &u32| match (*code, levels.get(code)) {
        (MISSING, _) => 0,
        (_, Some(level)) => *level,
        (_, None) => other,
    };
    codes.iter().map(level).collect()
}

/// How much a field says of who got a lead and of what it brought: what says nothing of one of them cannot mislead.
fn weight(coarse: &Coarse, leads: &[Seen], n_destinations: usize) -> f64 {
    let n_columns = n_destinations + 1;
    let mut cells = vec![0.0; coarse.n_levels * n_columns];
    let mut rewards = vec![(0.0, 0.0); coarse.n_levels];
    for (lead, level) in leads.iter().zip(&coarse.levels) {
        let level = usize::from(*level);
        let column = lead.destination.map_or(n_destinations, |it| it as usize);
        cells[level * n_columns + column] += 1.0;
        rewards[level].0 += 1.0;
        rewards[level].1 += lead.reward;
    }
    let n = count(leads.len()).max(1.0);
    let of_choice = information(&cells, n_columns, n);
    let mean = leads.iter().map(|lead| lead.reward).sum::<f64>() / n;
    let total: f64 = leads.iter().map(|lead| (lead.reward - mean).powi(2)).sum();
    let between: f64 = rewards
        .iter()
        .filter(|(n, _)| *n > 0.0)
        .map(|(n, sum)| n * (sum / n - mean).powi(2))
        .sum();
    let by_chance = (count(coarse.n_levels) - 1.0) / n;
    let of_reward = if total > 0.0 {
        (between / total - by_chance).max(0.0)
    } else {
        0.0
    };
    (of_choice * of_reward).sqrt() + 1e-3 * (of_choice + of_reward)
}

/// What rows say of columns, in nats, less what they would seem to say by chance (Miller, 1955).
fn information(cells: &[f64], n_columns: usize, n: f64) -> f64 {
    let n_rows = cells.len() / n_columns.max(1);
    let mut columns = vec![0.0; n_columns];
    for row in cells.chunks(n_columns) {
        for (sum, cell) in columns.iter_mut().zip(row) {
            *sum += cell;
        }
    }
    let mut sum = 0.0;
    for row in cells.chunks(n_columns) {
        let of_row: f64 = row.iter().sum();
        for (cell, of_column) in row.iter().zip(&columns) {
            if *cell > 0.0 {
                sum += cell / n * (cell * n / (of_row * of_column)).ln();
            }
        }
    }
    let n_used = columns.iter().filter(|sum| **sum > 0.0).count();
    let by_chance = (count(n_rows) - 1.0) * (count(n_used) - 1.0).max(0.0) / (2.0 * n);
    (sum - by_chance).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_fall_into_parts_and_rare_texts_into_one() {
        let numbers: Vec<f64> = (0..100).map(f64::from).chain([f64::NAN]).collect();
        let levels = parts(&numbers);
        assert_eq!(
            (levels[0], levels[19], levels[20], levels[99]),
            (1, 1, 2, 5)
        );
        assert_eq!(levels[100], 0);
        assert_eq!(parts(&[1.0, 7.0, 1.0]), [1, 2, 1]);
        let codes: Vec<u32> = (0..30)
            .flat_map(|code| vec![code; 30 - code as usize])
            .collect();
        let levels = frequent(&codes);
        assert_eq!((levels[0], *levels.last().unwrap()), (1, 21));
        assert_eq!(frequent(&[MISSING, 3]), [0, 1]);
    }

    #[test]
    fn a_field_that_decides_and_matters_weighs_more_than_one_that_does_neither() {
        let leads: Vec<Seen> = (0..1_000_u32)
            .map(|lead| Seen {
                destination: Some(lead % 2),
                reward: f64::from(lead % 2),
                cluster: u64::from(lead),
                plans: [0, 0],
            })
            .collect();
        let coarse = |level: fn(u16) -> u16| Coarse {
            name: String::new(),
            levels: (0..1_000).map(level).collect(),
            n_levels: 2,
            numbers: None,
        };
        assert!(weight(&coarse(|lead| lead % 2), &leads, 2) > 0.5);
        assert!(weight(&coarse(|lead| lead / 2 % 2), &leads, 2) < 1e-9);
    }
}
