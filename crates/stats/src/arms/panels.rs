//! Where to put the nodes: panels that follow the quantiles of every arm.
//!
//! A payoff has a top, its payout, where its density ends and may be infinite. So the integral runs in segments, each ending at
//! the top of an arm whose mass reaches it, in the log-odds of value over top. That variable is as good
//! as a logarithm far below the top, and keeps full precision close to it.

use super::{Arm, Beta, Fraction};

/// Break points of an arm, in standard deviations of its log-odds on either side of their mean.
const STEPS: [f64; 20] = [
    0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 13.0, 17.0, 22.0, 30.0,
    45.0, 70.0,
];

/// An arm ends where the log of its density falls below this: what lies beyond cannot be seen.
const LN_NEGLIGIBLE: f64 = -46.0;

/// An arm whose log-odds end below this has no mass near its top, and needs no segment of its own.
const LOGIT_REACHING: f64 = 2.0;

/// Log-odds that a segment covers at least, in steps that the other arms' smooth densities allow.
const LOGIT_END: f64 = 44.0;
const LOGIT_END_STEP: f64 = 4.0;

/// A break point is left out when the one before is nearer than this part of the panel its arm wants.
const MERGE: f64 = 0.25;

/// From which payoff on the integral is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    /// From where every arm may lie below: enough for the largest.
    WhereAllCanLose,
    /// From where the lowest arm begins.
    FromLowest,
}

/// An arm with what the panels need of it.
struct Contender {
    beta: Beta,
    /// Log of the payout.
    top: f64,
    /// Break points in its own log-odds, ascending; mass outside them is negligible.
    breaks: Vec<f64>,
}

/// The break points of one segment.
struct Segment {
    /// Log of the payoff at which it ends.
    top: f64,
    /// In log-odds of payoff over top, ascending, at least two.
    breaks: Vec<f64>,
    /// First and last break of each arm in this segment's log-odds; infinite when outside.
    extents: Vec<(f64, f64)>,
}

/// All panels of an integral, in ascending order.
pub(super) struct Panels {
    contenders: Vec<Contender>,
    segments: Vec<Segment>,
}

/// One panel: a stretch of a segment.
pub(super) struct Panel<'a> {
    contenders: &'a [Contender],
    segment: &'a Segment,
    low: f64,
    high: f64,
}

impl Panels {
    pub(super) fn new(arms: &[Arm], start: Start) -> Self {
        let contenders: Vec<Contender> = arms.iter().map(Contender::new).collect();
        let top_max = contenders
            .iter()
            .map(|contender| contender.top)
            .fold(f64::NEG_INFINITY, f64::max);
        let mut tops: Vec<f64> = contenders
            .iter()
            .filter(|contender| contender.last() > LOGIT_REACHING)
            .map(|contender| contender.top)
            .collect();
        tops.push(top_max);
        tops.sort_by(f64::total_cmp);
        tops.dedup();
        let mut segments = Vec::new();
        let mut floor = f64::NEG_INFINITY;
        for top in tops {
            segments.extend(Segment::new(&contenders, floor, top, start));
            floor = top;
        }
        Self {
            contenders,
            segments,
        }
    }

    pub(super) fn betas(&self) -> Vec<Beta> {
        self.contenders
            .iter()
            .map(|contender| contender.beta)
            .collect()
    }

    /// Probability of each arm to lie below the first panel.
    pub(super) fn cdf_at_start(&self) -> Vec<f64> {
        let Some(first) = self.segments.first() else {
            return vec![0.0; self.contenders.len()];
        };
        let ln_value = Fraction::from_logit(first.breaks[0]).ln();
        self.contenders
            .iter()
            .map(|contender| {
                let ln_x = ln_value - (contender.top - first.top);
                if ln_x >= 0.0 {
                    1.0
                } else {
                    contender
                        .beta
                        .tails(fraction(
                            ln_x,
                            same_top(contender.top, first.top),
                            first.breaks[0],
                        ))
                        .lower
                }
            })
            .collect()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Panel<'_>> {
        self.segments.iter().flat_map(|segment| {
            segment.breaks.windows(2).map(|pair| Panel {
                contenders: &self.contenders,
                segment,
                low: pair[0],
                high: pair[1],
            })
        })
    }
}

/// Whether two tops are the same payout, to the last digit.
fn same_top(a: f64, b: f64) -> bool {
    a.total_cmp(&b).is_eq()
}

/// The fraction of a payout that a payoff is; the log-odds are exact when the payout is the segment's top.
fn fraction(ln_x: f64, is_top: bool, logit: f64) -> Fraction {
    if is_top {
        Fraction::from_logit(logit)
    } else {
        Fraction::from_ln(ln_x)
    }
}

impl Contender {
    fn new(arm: &Arm) -> Self {
        let beta = Beta::new(arm.a, arm.b);
        let (mean, sd) = (beta.logit_mean(), beta.logit_sd());
        let mut breaks = outwards(&beta, mean, sd);
        if arm.a.min(arm.b) < 1.0 {
            // Far from normal: one slow exponential, and a bend of width 1 that the standard deviation overlooks.
            let bend = arm.a.max(1.0).ln() - arm.b.max(1.0).ln();
            breaks.extend(outwards(&beta, bend, 1.0));
        }
        breaks.sort_by(f64::total_cmp);
        Self {
            beta,
            top: arm.payout.ln(),
            breaks,
        }
    }

    fn first(&self) -> f64 {
        self.breaks[0]
    }

    fn last(&self) -> f64 {
        self.breaks[self.breaks.len() - 1]
    }

    /// Log-odds in a segment with top `top` of the point that has log-odds `own` here; infinite beyond that top.
    fn moved(&self, own: f64, top: f64) -> f64 {
        if same_top(self.top, top) {
            return own;
        }
        let ln_x = self.top - top + Fraction::from_logit(own).ln();
        if ln_x >= 0.0 {
            f64::INFINITY
        } else {
            logit_of_ln(ln_x)
        }
    }
}

/// Break points from `center` to either side, until nothing is left beyond.
fn outwards(beta: &Beta, center: f64, step_width: f64) -> Vec<f64> {
    let mut breaks = Vec::with_capacity(2 * STEPS.len());
    for side in [-1.0, 1.0] {
        for step in STEPS {
            let logit = center + side * step * step_width;
            if side < 0.0 || step > 0.0 {
                breaks.push(logit);
            }
            if beta.ln_kernel(Fraction::from_logit(logit)) < LN_NEGLIGIBLE {
                break;
            }
        }
    }
    breaks
}

/// Log-odds of the fraction with logarithm `ln_x`, below 0.
fn logit_of_ln(ln_x: f64) -> f64 {
    ln_x - (-ln_x.exp_m1()).ln()
}

impl Segment {
    /// The segment from `floor` to `top`, both logs of payoffs; nothing if all of it lies below the start.
    fn new(contenders: &[Contender], floor: f64, top: f64, start: Start) -> Option<Self> {
        let extents: Vec<(f64, f64)> = contenders
            .iter()
            .map(|contender| {
                (
                    contender.moved(contender.first(), top),
                    contender.moved(contender.last(), top),
                )
            })
            .collect();
        let firsts = extents.iter().map(|(first, _)| *first);
        let start = match start {
            Start::WhereAllCanLose => firsts.fold(f64::NEG_INFINITY, f64::max),
            Start::FromLowest => firsts.fold(f64::INFINITY, f64::min),
        };
        let floor = if floor.is_finite() {
            logit_of_ln(floor - top)
        } else {
            f64::NEG_INFINITY
        };
        let low = start.max(floor);
        let ends = extents
            .iter()
            .map(|(_, last)| if last.is_finite() { *last } else { LOGIT_END });
        let high = ends.fold(f64::NEG_INFINITY, f64::max);
        if low >= high {
            return None;
        }
        // Each break point with the panel its arm wants there.
        let mut wanted: Vec<(f64, f64)> = Vec::new();
        for contender in contenders {
            let moved: Vec<f64> = contender
                .breaks
                .iter()
                .map(|own| contender.moved(*own, top))
                .collect();
            wanted.extend(
                moved
                    .windows(2)
                    .filter(|pair| pair[1].is_finite())
                    .map(|pair| (pair[1], pair[1] - pair[0])),
            );
        }
        let mut end = LOGIT_END;
        while end > 0.0 && extents.iter().any(|(_, last)| last.is_infinite()) {
            wanted.push((end, LOGIT_END_STEP));
            end -= LOGIT_END_STEP;
        }
        wanted.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut breaks = vec![low];
        let mut last = low;
        for (at, width) in wanted {
            if at > last + MERGE * width && at < high {
                breaks.push(at);
                last = at;
            }
        }
        breaks.push(high);
        Some(Self {
            top,
            breaks,
            extents,
        })
    }
}

impl Panel<'_> {
    pub(super) fn half_width(&self) -> f64 {
        0.5 * (self.high - self.low)
    }

    /// The log-odds at `x` in `[−1, 1]` across the panel, as a fraction of the segment's top.
    pub(super) fn point(&self, x: f64) -> (f64, Fraction) {
        let logit = 0.5 * (self.low + self.high) + self.half_width() * x;
        (logit, Fraction::from_logit(logit))
    }

    /// The payoff at a point.
    pub(super) fn value(&self, (_, fraction): (f64, Fraction)) -> f64 {
        (self.segment.top + fraction.ln()).exp()
    }

    /// Whether all mass of arm `j` lies below this panel.
    pub(super) fn is_above(&self, j: usize) -> bool {
        self.segment.extents[j].1 <= self.low
    }

    /// Whether all mass of arm `j` lies above this panel.
    pub(super) fn is_below(&self, j: usize) -> bool {
        self.segment.extents[j].0 >= self.high
    }

    /// Density of arm `j` in this segment's log-odds.
    pub(super) fn density(&self, j: usize, beta: &Beta, (logit, of_top): (f64, Fraction)) -> f64 {
        let top = self.contenders[j].top;
        if same_top(top, self.segment.top) {
            return beta.ln_kernel(of_top).exp();
        }
        let ln_x = self.segment.top - top + of_top.ln();
        if ln_x >= 0.0 {
            return 0.0;
        }
        let own = fraction(ln_x, false, logit);
        (beta.ln_kernel(own) - own.ln_complement() + of_top.ln_complement()).exp()
    }
}
