//! What the words of a status column stand for.

use std::collections::BTreeMap;

use super::{
    profile::Profile,
    roles::Roles,
    words::{self, Role},
};

/// The words of a log, each with the answer that it is taken for.
#[derive(Debug, Clone, Default)]
pub(super) struct Answers {
    pub(super) known: BTreeMap<String, &'static str>,
    /// Words that say nothing to us; they count as `unknown`.
    pub(super) unclear: Vec<String>,
}

impl Answers {
    pub(super) fn guess(profiles: &[Profile], roles: &Roles) -> Self {
        let mut answers = Self::default();
        let Some(column) = roles.column(Role::Answer) else {
            return answers;
        };
        for (word, _) in profiles[column].frequent() {
            let answer = words::answer(word);
            if answer.is_none() {
                answers.unclear.push(word.to_owned());
            }
            answers
                .known
                .insert(word.to_owned(), answer.unwrap_or("unknown"));
        }
        answers
    }
}
