//! Equal answers: nobody is timed who answers differently.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

use crate::{
    engine::{Answer, Contender},
    plan::{Case, Plan},
};

/// Leads that are answered between two looks at the clock.
const CHUNK: usize = 256;

/// How far the answers of a case have been compared, and what they are.
#[derive(Debug)]
pub struct Compared {
    /// For each contender: on how many leads its answers were compared.
    pub n_compared: Vec<usize>,
    /// Share of the leads that no row matches, or that nobody gets.
    pub fall_through: f64,
}

/// Compares the answers of all contenders with those of the first.
///
/// A contender that is out of the plan's time_limit has been compared enough, but not before its
/// first chunk.
///
/// # Errors
///
/// The first lead on which a contender answers differently.
pub fn compare(case: &Case<'_>, plan: &Plan) -> Result<Compared> {
    let first = case.contenders.first().context("somebody takes part")?;
    let n_leads = case.n_leads;
    let mut answers = vec![0; n_leads];
    first.answer(0..n_leads, &mut answers);
    let n_compared = case
        .contenders
        .iter()
        .map(|contender| compare_one(contender, &answers, plan.time_limit))
        .collect::<Result<_>>()?;
    let last = answers.iter().max().copied().unwrap_or_default();
    let n_last = answers.iter().filter(|answer| **answer == last).count();
    Ok(Compared {
        n_compared,
        fall_through: n_last as f64 / n_leads as f64,
    })
}

fn compare_one(
    contender: &Contender<'_>,
    expected: &[Answer],
    time_limit: Duration,
) -> Result<usize> {
    let start = Instant::now();
    let mut given = [0; CHUNK];
    let mut n_compared = 0;
    for expected in expected.chunks(CHUNK) {
        let (from, given) = (n_compared, &mut given[..expected.len()]);
        contender.answer(from..from + expected.len(), given);
        let differs = given.iter().zip(expected).position(|(a, b)| a != b);
        if let Some(position) = differs {
            ensure!(
                false,
                "{contender:?} answers {} to lead {}, and not {}",
                given[position],
                from + position,
                expected[position],
            );
        }
        n_compared += expected.len();
        if start.elapsed() > time_limit {
            break;
        }
    }
    Ok(n_compared)
}
