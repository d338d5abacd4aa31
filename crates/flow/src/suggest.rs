//! Did you mean …?

pub(crate) use pointsman_lead::closest;

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
