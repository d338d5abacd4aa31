//! Taking the time of a decision.

use std::time::{Duration, Instant};

use crate::{
    engine::{Answer, Contender},
    plan::Plan,
};

/// Decisions that are timed together where one is too short for the clock.
const BATCH: usize = 64;

/// A decision that takes longer is timed alone.
const ALONE: Duration = Duration::from_micros(2);

/// Fewest samples of a turn, whatever it takes.
const SAMPLES_MIN: usize = 32;

/// What one turn of a contender showed, in nanoseconds a decision.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Timing {
    /// Half of the samples took no longer.
    pub p50_ns: f64,
    /// 99 of 100 decisions took no longer, each timed alone and with what reading the clock costs.
    pub p99_ns: f64,
    /// Decisions in a sample of the median: where there are several, a sample is their mean.
    pub n_batch: usize,
    /// How many samples the median was taken of.
    pub n_samples: usize,
}

/// Lets all contenders have their turns, one after the other, and keeps the best turn of each.
///
/// Turns alternate, so that what else the machine does falls on everybody.
pub fn time(contenders: &[Contender<'_>], plan: &Plan) -> Vec<Timing> {
    let mut best: Vec<Option<Timing>> = vec![None; contenders.len()];
    for _ in 0..plan.n_turns {
        for (contender, best) in contenders.iter().zip(&mut best) {
            let timing = turn(contender, plan);
            if best.is_none_or(|best| timing.p50_ns < best.p50_ns) {
                *best = Some(timing);
            }
        }
    }
    best.into_iter().flatten().collect()
}

fn turn(contender: &Contender<'_>, plan: &Plan) -> Timing {
    let mut answers: [Answer; BATCH] = [0; BATCH];
    let mut sample = |from: usize, n: usize| {
        let start = Instant::now();
        contender.answer(from..from + n, &mut answers[..n]);
        std::hint::black_box(&answers);
        start.elapsed()
    };
    let n_batch = if warm_up(&mut sample, plan) < ALONE {
        BATCH
    } else {
        1
    };
    let samples = sorted_samples(&mut sample, n_batch, plan);
    let p50_ns = quantile(&samples, 50);
    let p99_ns = if n_batch == 1 {
        quantile(&samples, 99)
    } else {
        // The mean of many hides the slow ones among them.
        quantile(&sorted_samples(&mut sample, 1, plan), 99)
    };
    Timing {
        p50_ns,
        p99_ns,
        n_batch,
        n_samples: samples.len(),
    }
}

/// The time of a decision in samples of `n_batch` decisions, taken for one turn; the shortest first.
fn sorted_samples(
    sample: &mut dyn FnMut(usize, usize) -> Duration,
    n_batch: usize,
    plan: &Plan,
) -> Vec<f64> {
    let mut samples = Vec::new();
    let (start, mut from) = (Instant::now(), 0);
    while start.elapsed() < plan.turn || samples.len() < SAMPLES_MIN {
        samples.push(sample(from, n_batch).as_nanos() as f64 / n_batch as f64);
        from += n_batch;
        if from + n_batch > plan.n_timed {
            from = 0;
        }
    }
    samples.sort_unstable_by(f64::total_cmp);
    samples
}

/// Lets a contender run for a quarter of a turn; how long its quickest decision took.
fn warm_up(sample: &mut dyn FnMut(usize, usize) -> Duration, plan: &Plan) -> Duration {
    let (start, mut from) = (Instant::now(), 0);
    let mut quickest = Duration::MAX;
    while start.elapsed() < plan.turn / 4 || from == 0 {
        quickest = quickest.min(sample(from % plan.n_timed, 1));
        from += 1;
    }
    quickest
}

/// The smallest sample that so many hundredths of all do not exceed.
///
/// * `sorted`: at least one sample, the smallest first.
pub fn quantile(sorted: &[f64], hundredths: usize) -> f64 {
    let rank = (sorted.len() * hundredths).div_ceil(100).max(1);
    sorted[rank - 1]
}

#[cfg(test)]
mod tests {
    use super::quantile;

    #[test]
    fn a_quantile_is_one_of_the_samples() {
        let sorted: Vec<f64> = (1..=200_u8).map(f64::from).collect();
        let close = |a: f64, b: f64| (a - b).abs() < 1e-9;
        assert!(close(quantile(&sorted, 50), 100.0));
        assert!(close(quantile(&sorted, 99), 198.0));
        assert!(close(quantile(&sorted[..1], 99), 1.0));
    }
}
