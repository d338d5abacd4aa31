//! Importance sampling over destinations: the weight of a decision is that of where the lead goes, not of how it gets there.
//!
//! A flow comes to a destination on several paths, and each path has a probability. If what a lead brings depends on the path
//! through its destination alone, the weight `w(d) = Σ π(path) / Σ π₀(path)`, both sums over the paths to `d`, is as unbiased as
//! that of the path, and varies less: nodes above that both policies only use to share leads out have no part in it. Decisions
//! with such weights go to [`Estimator`](super::Estimator) like any others.
//!
//! # Source
//!
//! Saito and Joachims, *Off-policy evaluation for large action spaces via embeddings*, ICML 2022, with the destination as the
//! embedding of a path.

/// One way through the flow to a destination.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Path {
    /// Where it leads; any numbers that tell destinations apart.
    pub destination: usize,
    /// Probability that the policy in question takes it, in `[0, 1]`.
    pub policy: f64,
    /// Probability that the logged policy takes it, in `[0, 1]`.
    pub logged: f64,
}

/// How much likelier the policy is to send a lead to `destination` than the logged one, in `[0, ∞)`.
///
/// None where the logged policy never goes there, so that no lead can have gone.
pub fn ratio(paths: &[Path], destination: usize) -> Option<f64> {
    let there = paths.iter().filter(|path| path.destination == destination);
    let (policy, logged) = there.fold((0.0, 0.0), |(policy, logged), path| {
        (policy + path.policy, logged + path.logged)
    });
    (logged > 0.0).then(|| policy / logged)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_to_one_destination_weigh_alike() {
        let path = |destination, policy, logged| Path {
            destination,
            policy,
            logged,
        };
        let paths = [path(3, 0.6, 0.1), path(3, 0.0, 0.3), path(5, 0.4, 0.6)];
        assert!((ratio(&paths, 3).unwrap() - 1.5).abs() < 1e-12);
        assert!((ratio(&paths, 5).unwrap() - 2.0 / 3.0).abs() < 1e-12);
        assert_eq!(ratio(&paths, 4), None);
    }
}
