//! Did you mean …?

/// The candidate that most likely was meant: at most a third of its letters are wrong.
pub(crate) fn closest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    // Long words are not typing mistakes, and comparing them costs time.
    if word.len() > 64 {
        return None;
    }
    let distances = candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= 64)
        .map(|candidate| (distance(word, candidate), candidate));
    let (distance, candidate) = distances.min()?;
    let n_letters = candidate.chars().count().max(word.chars().count());
    (distance <= n_letters.div_ceil(3)).then_some(candidate)
}

/// The hint with the closest candidate, or with all of them if they are few.
pub(crate) fn hint<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str> + Clone,
) -> Option<String> {
    if let Some(candidate) = closest(word, candidates.clone()) {
        return Some(format!("did you mean `{candidate}`?"));
    }
    let few: Vec<String> = candidates
        .into_iter()
        .take(9)
        .map(|candidate| format!("`{candidate}`"))
        .collect();
    (1..9)
        .contains(&few.len())
        .then(|| format!("known are {}", few.join(", ")))
}

/// Letters to insert, delete, change or swap. Case is free: it is the most common mistake in labels.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (
        a.chars().flat_map(char::to_lowercase).collect(),
        b.chars().flat_map(char::to_lowercase).collect(),
    );
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let changed = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = changed.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            let swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if swapped {
                row[j] = row[j].min(rows[i - 2][j - 2] + 1);
            }
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[test]
    fn small_mistakes_are_recognised_and_others_are_not() {
        let known = ["acme", "zenith", "state"];
        assert_eq!(closest("acmee", known), Some("acme"));
        assert_eq!(closest("sttae", known), Some("state"));
        assert_eq!(closest("ZENITH", known), Some("zenith"));
        assert_eq!(closest("quality", known), None);
    }
}
