//! Gauss-Legendre quadrature on `[−1, 1]`, with the running integral at its own nodes.

/// A rule of order `N`: exact for polynomials up to degree `2N − 1`.
#[derive(Debug, Clone)]
pub(crate) struct Rule<const N: usize> {
    /// Nodes in `(−1, 1)`, ascending.
    pub(crate) nodes: [f64; N],
    /// Weights; they sum to 2.
    pub(crate) weights: [f64; N],
    /// Row r holds the weights that give `∫` from −1 to node r.
    pub(crate) running: [[f64; N]; N],
}

impl<const N: usize> Rule<N> {
    /// Nodes by Newton's method on the Legendre polynomial; the running integral by its expansion.
    pub(crate) fn new() -> Self {
        let (mut nodes, mut weights) = ([0.0; N], [0.0; N]);
        for i in 0..N {
            let mut x = -(std::f64::consts::PI * (as_f64(i) + 0.75) / (as_f64(N) + 0.5)).cos();
            let mut slope = 1.0;
            for _ in 0..100 {
                let (value, before) = last_two(N, x);
                slope = as_f64(N) * (x * value - before) / (x * x - 1.0);
                let step = value / slope;
                x -= step;
                if step.abs() < 1e-16 {
                    break;
                }
            }
            nodes[i] = x;
            weights[i] = 2.0 / ((1.0 - x * x) * slope * slope);
        }
        let mut running = [[0.0; N]; N];
        for r in 0..N {
            for s in 0..N {
                let mut sum = nodes[r] + 1.0;
                for m in 1..N {
                    sum += last_two(m, nodes[s]).0
                        * (last_two(m + 1, nodes[r]).0 - last_two(m, nodes[r]).1);
                }
                running[r][s] = 0.5 * weights[s] * sum;
            }
        }
        Self {
            nodes,
            weights,
            running,
        }
    }
}

/// Legendre polynomials of degree `n` and `n − 1` at `x`; `n` at least 1.
fn last_two(n: usize, x: f64) -> (f64, f64) {
    let (mut before, mut value) = (1.0, x);
    for k in 1..n {
        let k = as_f64(k);
        (before, value) = (
            value,
            ((2.0 * k + 1.0) * x * value - k * before) / (k + 1.0),
        );
    }
    (value, before)
}

fn as_f64(n: usize) -> f64 {
    f64::from(u32::try_from(n).expect("orders are small"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polynomials_are_integrated_exactly_up_to_each_node() {
        let rule = Rule::<12>::new();
        assert!((rule.weights.iter().sum::<f64>() - 2.0).abs() < 1e-14);
        for power in 0..12 {
            let values = rule.nodes.map(|x| x.powi(power));
            for (node, row) in rule.nodes.iter().zip(&rule.running) {
                let integral: f64 = row
                    .iter()
                    .zip(&values)
                    .map(|(weight, value)| weight * value)
                    .sum();
                let exact = (node.powi(power + 1) - (-1f64).powi(power + 1)) / f64::from(power + 1);
                assert!(
                    (integral - exact).abs() < 1e-14,
                    "x^{power} at {node}: {integral} is not {exact}"
                );
            }
        }
    }
}
