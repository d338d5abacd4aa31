//! What somebody probably meant.

/// The candidate that is a slip of the pen away from `given`, if there is one.
///
/// At most one edit for each three characters, so that a short word is not turned into another;
/// upper and lower case are taken as equal. Of equally close candidates the first one wins.
pub fn closest<'a>(given: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let given = folded(given);
    let edits_max = (given.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| {
            let edits = strsim::levenshtein(&given, &folded(candidate));
            (edits, candidate)
        })
        .filter(|&(edits, candidate)| edits <= edits_max && edits < candidate.chars().count())
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

/// Most characters that are compared. Names and labels are short; a hostile text must not cost a
/// square of its length.
const LENGTH_MAX: usize = 64;

/// What is compared of a word.
fn folded(word: &str) -> String {
    let letters = word.chars().take(LENGTH_MAX);
    letters.map(|letter| letter.to_ascii_lowercase()).collect()
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

    #[test]
    fn a_long_text_is_compared_by_its_beginning() {
        let long = "a".repeat(100_000);
        assert_eq!(closest(&long, [long.as_str(), "b"]), Some(long.as_str()));
    }
}
