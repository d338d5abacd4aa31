//! What somebody probably meant.

/// The candidate that is a slip of the pen away from `given`, if there is one.
///
/// At most one edit for each three characters, so that a short word is not turned into another.
/// Of equally close candidates the first one wins.
pub fn closest<'a>(given: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let given: Vec<char> = given.chars().take(LONGEST).collect();
    let most = (given.len() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| (edits(&given, candidate), candidate))
        .filter(|&(edits, candidate)| edits <= most && edits < candidate.chars().count())
        .min_by_key(|&(edits, _)| edits)
        .map(|(_, candidate)| candidate)
}

/// `did you mean ...?` for the closest candidate.
pub(crate) fn did_you_mean<'a>(
    given: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    closest(given, candidates).map(|candidate| format!("did you mean `{candidate}`?"))
}

// Names and labels are short; a hostile text must not cost a square of its length.
const LONGEST: usize = 64;

/// Levenshtein distance, with upper and lower case taken as equal.
fn edits(given: &[char], candidate: &str) -> usize {
    let lower = |letter: char| letter.to_ascii_lowercase();
    let mut row: Vec<usize> = (0..=given.len()).collect();
    for (line, wanted) in candidate.chars().take(LONGEST).enumerate() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        for (column, &letter) in given.iter().enumerate() {
            let changed = diagonal + usize::from(lower(letter) != lower(wanted));
            diagonal = row[column + 1];
            row[column + 1] = changed.min(row[column] + 1).min(diagonal + 1);
        }
    }
    row[given.len()]
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[test]
    fn a_slip_is_recognised_and_another_word_is_not() {
        let labels = ["excellent", "good", "fair"];
        assert_eq!(closest("Good", labels), Some("good"));
        assert_eq!(closest("exelent", labels), Some("excellent"));
        assert_eq!(closest("bad", labels), None);
        assert_eq!(closest("", labels), None);
    }
}
