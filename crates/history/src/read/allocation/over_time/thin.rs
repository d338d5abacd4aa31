//! Which points of several lines to keep, so that they look as they did.

use pointsman_bandit::Entry;

/// Positions of the points that are kept, ascending: the first, the last, and from each of equally large groups between them the one that
/// makes the largest triangles with the one kept before and the mean of the next group, over all arms.
///
/// * `lines`: time and weights of each point, in order of time.
/// * `most`: at least 2.
pub(super) fn chosen(lines: &[(f64, &Entry)], most: usize) -> Vec<usize> {
    let n = lines.len();
    if n <= most {
        return (0..n).collect();
    }
    let mut names: Vec<&str> = lines
        .iter()
        .flat_map(|(_, entry)| entry.arms.keys().map(String::as_str))
        .collect();
    names.sort_unstable();
    names.dedup();
    let rows: Vec<Vec<f64>> = lines
        .iter()
        .map(|(_, entry)| {
            let weight = |name: &&str| entry.arms.get(*name).copied().unwrap_or(0);
            names.iter().map(weight).map(f64::from).collect()
        })
        .collect();
    let groups = most - 2;
    let start = |group: usize| 1 + group * (n - 2) / groups.max(1);
    let mut kept = vec![0];
    for group in 0..groups {
        let next = start(group + 1)..(start(group + 2)).min(n);
        let next = if next.is_empty() { n - 1..n } else { next };
        let (time, mean) = mean(lines, &rows, next);
        let before = kept[kept.len() - 1];
        let area = |i: usize| {
            let (x0, x1) = (lines[before].0, lines[i].0);
            let areas = (0..names.len()).map(|arm| {
                let (y0, y1) = (rows[before][arm], rows[i][arm]);
                ((x0 - time) * (y1 - y0) - (x0 - x1) * (mean[arm] - y0)).abs()
            });
            areas.sum::<f64>()
        };
        let best = (start(group)..start(group + 1)).max_by(|i, j| area(*i).total_cmp(&area(*j)));
        kept.extend(best);
    }
    kept.push(n - 1);
    kept
}

/// The mean point of a group.
fn mean(
    lines: &[(f64, &Entry)],
    rows: &[Vec<f64>],
    group: std::ops::Range<usize>,
) -> (f64, Vec<f64>) {
    #[expect(clippy::cast_precision_loss, reason = "some thousand points")]
    let n = group.len() as f64;
    let time = group.clone().map(|i| lines[i].0).sum::<f64>() / n;
    let n_arms = rows.first().map_or(0, Vec::len);
    let of_arm = |arm: usize| group.clone().map(|i| rows[i][arm]).sum::<f64>() / n;
    (time, (0..n_arms).map(of_arm).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(weights: &[u32]) -> Vec<Entry> {
        let entry = |a: &u32| Entry {
            arms: [("a".to_owned(), *a), ("b".to_owned(), 1_000_000 - a)].into(),
            ..Entry::default()
        };
        weights.iter().map(entry).collect()
    }

    fn kept(weights: &[u32], most: usize) -> Vec<usize> {
        let entries = entries(weights);
        let times = (0_u32..).map(f64::from);
        let lines: Vec<(f64, &Entry)> = times.zip(&entries).collect();
        chosen(&lines, most)
    }

    #[test]
    fn few_points_are_all_kept() {
        assert_eq!(kept(&[], 2), Vec::<usize>::new());
        assert_eq!(kept(&[1, 2, 3], 3), [0, 1, 2]);
    }

    #[test]
    fn a_spike_stays_and_so_do_both_ends() {
        let mut weights = vec![500_000; 400];
        weights[237] = 900_000;
        for most in [2, 3, 4, 10, 50, 399] {
            let kept = kept(&weights, most);
            assert_eq!(kept.len(), most, "{most}");
            assert_eq!((kept[0], kept[most - 1]), (0, 399));
            assert!(kept.is_sorted_by(|a, b| a < b), "{kept:?}");
            assert!(most == 2 || kept.contains(&237), "{most}: {kept:?}");
        }
    }

    #[test]
    fn a_line_between_kept_points_stays_close_to_those_left_out() {
        let weights: Vec<u32> = (0..1_000)
            .map(|i| {
                if i < 600 {
                    200_000
                } else {
                    200_000 + (i - 600) * 1_500
                }
            })
            .collect();
        let kept = kept(&weights, 40);
        for pair in kept.windows(2) {
            let (from, to) = (pair[0], pair[1]);
            for i in from..=to {
                #[expect(clippy::cast_precision_loss, reason = "a thousand points")]
                let share = (i - from) as f64 / (to - from) as f64;
                let (low, high) = (f64::from(weights[from]), f64::from(weights[to]));
                let drawn = low + share * (high - low);
                assert!((drawn - f64::from(weights[i])).abs() < 40_000.0, "{i}");
            }
        }
    }
}
