//! Which part of a log a lead belongs to, so that what is expected of it comes from the others.

/// The fold of a lead, in `0..n_folds`: the same for all leads of a cluster, since they tell of each other.
///
/// * `cluster`: as for [`Log::add`](super::Log::add).
/// * `lead`: its position in the log; decides where there is no cluster.
/// * `n_folds`: at least 1; 0 counts as 1.
///
/// # Source
///
/// Chernozhukov and others, *Double/debiased machine learning for treatment and structural parameters*, 2018, for cross-fitting; Steele,
/// Lea, Flood, *Fast splittable pseudorandom number generators*, OOPSLA 2014, for the mixing of bits.
pub fn fold(cluster: Option<u64>, lead: u64, n_folds: usize) -> usize {
    let (number, salt) = match cluster {
        Some(cluster) => (cluster, 0x9e37_79b9_7f4a_7c15),
        None => (lead, 0x3c6e_f372_fe94_f82a),
    };
    let mixed = mix(number.wrapping_add(salt)) % n_folds.max(1) as u64;
    usize::try_from(mixed).unwrap_or(0)
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_are_even_and_keep_clusters_together() {
        let mut leads = [0; 5];
        for lead in 0..10_000 {
            leads[fold(None, lead, 5)] += 1;
            assert_eq!(fold(Some(lead / 7), lead, 5), fold(Some(lead / 7), 0, 5));
        }
        assert!(
            leads.iter().all(|n| (1_850..2_150).contains(n)),
            "{leads:?}"
        );
        // Clusters that are numbered by the folds themselves are spread all the same.
        let of_fives: std::collections::BTreeSet<usize> = (0..20)
            .map(|cluster| fold(Some(5 * cluster), 0, 5))
            .collect();
        assert!(of_fives.len() > 3);
        assert_eq!(fold(Some(3), 1, 0), 0);
    }
}
