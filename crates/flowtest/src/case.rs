//! A block of leads: what is given with each, and what is told of it.

use std::collections::{BTreeMap, BTreeSet};

use pointsman_lead::{Micros, json};
use pointsman_router::Answer;
use serde_json::{Map, Value as Json};

use crate::Failure;

/// A lead of a page.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Case {
    /// Line of its `lead` in the page, from 1.
    pub(crate) line: usize,
    /// Line within the block of the last thing that is given, from 0.
    last: usize,
    pub(crate) given: Given,
    /// The lines that are told, as the author wrote them.
    pub(crate) told: Vec<String>,
    /// Where they stand within the block, from 0.
    told_at: Vec<usize>,
}

/// What is given with a lead.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Given {
    /// The fields by name, also those that every lead has.
    pub(crate) fields: Map<String, Json>,
    /// What splits and bandits draw by.
    pub(crate) key: String,
    /// The destinations that are free, if not all that can be.
    pub(crate) free: Option<Vec<String>>,
    /// What the destinations answer, in turn; after the last one, each accepts.
    pub(crate) answers: Vec<Answer>,
    /// What destinations bid when they are asked, by name; who is not here does not bid.
    pub(crate) bids: BTreeMap<String, Micros>,
}

/// Unit key of a lead that gives none.
const KEY: &str = "example";

/// Reads a block of leads; what cannot be read is reported, and a lead that cannot is left out.
///
/// * `line`: line of the page on which the block's text begins, from 1.
pub(crate) fn cases(text: &str, line: usize, failures: &mut Vec<Failure>) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut is_left_out = false;
    for (idx, written) in text.lines().enumerate() {
        let (word, rest) = written.split_once(' ').unwrap_or((written, ""));
        if is_blank(written) || is_left_out && word != "lead" {
            continue;
        }
        let taken = if is_told(written) {
            tell(written, idx, &mut cases)
        } else {
            give(word, rest.trim(), (line, idx), &mut cases)
        };
        if let Err(message) = taken {
            failures.push(Failure::new(line + idx, "leads", message));
        }
        is_left_out = word == "lead" && cases.last().is_none_or(|case| case.last != idx);
    }
    cases
}

const NO_LEAD: &str = "this belongs to no lead; write `lead {…}` before it";

fn tell(written: &str, idx: usize, cases: &mut [Case]) -> Result<(), String> {
    let case = cases.last_mut().ok_or(NO_LEAD)?;
    case.told.push(written.trim().to_owned());
    case.told_at.push(idx);
    Ok(())
}

/// * `(line, idx)`: line of the page on which the block begins, and the line within the block.
fn give(
    word: &str,
    rest: &str,
    (line, idx): (usize, usize),
    cases: &mut Vec<Case>,
) -> Result<(), String> {
    if word == "lead" {
        let fields = json::parse(rest)
            .map_err(|error| format!("the fields of a lead are a JSON object: {error}"))?;
        cases.push(Case {
            line: line + idx,
            last: idx,
            given: Given {
                fields,
                key: KEY.to_owned(),
                free: None,
                answers: Vec::new(),
                bids: BTreeMap::new(),
            },
            told: Vec::new(),
            told_at: Vec::new(),
        });
        return Ok(());
    }
    let case = cases.last_mut().ok_or(NO_LEAD)?;
    case.last = idx;
    match word {
        "key" => rest.clone_into(&mut case.given.key),
        "free" => case.given.free = Some(list(rest).map(str::to_owned).collect()),
        "answers" => case.given.answers = list(rest).map(answer).collect::<Result<_, _>>()?,
        "bids" => case.given.bids = list(rest).map(bid).collect::<Result<_, _>>()?,
        _ => {
            return Err(format!(
                "`{word}` is not given with a lead; known are lead, key, free, answers, bids, and what is told is indented"
            ));
        }
    }
    Ok(())
}

fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',')
        .map(str::trim)
        .filter(|word| !word.is_empty())
}

/// Reads `acme 12.50`.
fn bid(text: &str) -> Result<(String, Micros), String> {
    let wrong =
        || format!("`{text}` is not a bid; write a destination and an amount, such as acme 12.50");
    let (name, amount) = text.rsplit_once(' ').ok_or_else(wrong)?;
    let amount = amount.parse().map_err(|_| wrong())?;
    Ok((name.trim().to_owned(), amount))
}

/// The words for answers.
const ANSWERS: [(&str, Answer); 4] = [
    ("accepted", Answer::Accepted),
    ("rejected", Answer::Rejected),
    ("not sent", Answer::NotSent),
    ("unknown", Answer::Unknown),
];

fn answer(word: &str) -> Result<Answer, String> {
    let known = ANSWERS.iter().find(|(known, _)| *known == word);
    known.map(|(_, answer)| *answer).ok_or_else(|| {
        format!("`{word}` is not an answer; known are accepted, rejected, not sent, unknown")
    })
}

/// The word for an answer.
pub(crate) fn word(answer: Answer) -> &'static str {
    let known = ANSWERS.iter().find(|(_, known)| *known == answer);
    known.map_or("", |(word, _)| word)
}

/// Whether a line says nothing: it is empty, or a comment.
fn is_blank(line: &str) -> bool {
    line.trim().is_empty() || line.starts_with('#')
}

/// Whether a line is told, and not given: it is indented.
fn is_told(line: &str) -> bool {
    !is_blank(line) && line.starts_with([' ', '\t'])
}

/// A block of leads with other lines told, right behind what is given with each lead.
///
/// * `told`: a list of lines for each case.
pub(crate) fn rewritten(text: &str, cases: &[Case], told: &[Vec<String>]) -> String {
    let mut rewritten = String::with_capacity(text.len());
    // Looked up line by line: a page may have tens of thousands of leads.
    let told_at: BTreeSet<usize> = cases
        .iter()
        .flat_map(|case| &case.told_at)
        .copied()
        .collect();
    let last: BTreeMap<usize, usize> = (0..).zip(cases).map(|(at, case)| (case.last, at)).collect();
    for (idx, line) in text.lines().enumerate() {
        if !told_at.contains(&idx) {
            rewritten.push_str(line);
            rewritten.push('\n');
        }
        let ended = last.get(&idx).copied();
        for line in ended.and_then(|case| told.get(case)).into_iter().flatten() {
            rewritten.push_str("  ");
            rewritten.push_str(line);
            rewritten.push('\n');
        }
    }
    rewritten
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failures_of(text: &str) -> String {
        let mut failures = Vec::new();
        cases(text, 10, &mut failures);
        let lines = failures.iter().map(ToString::to_string);
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn what_is_told_is_replaced_and_all_else_stays() {
        let text = "# The first.\nlead {\"age\": 3}\nkey u\n  old\n  older\n\nlead {}\nanswers rejected, not sent\n";
        let mut failures = Vec::new();
        let cases = cases(text, 1, &mut failures);
        assert_eq!(failures, []);
        assert_eq!((cases[0].line, cases[1].line), (2, 7));
        assert_eq!(cases[0].told, ["old", "older"]);
        assert_eq!(cases[1].given.answers, [Answer::Rejected, Answer::NotSent]);
        let told = [vec!["new".to_owned()], vec!["sold".to_owned()]];
        insta::assert_snapshot!(rewritten(text, &cases, &told), @r#"
        # The first.
        lead {"age": 3}
        key u
          new

        lead {}
        answers rejected, not sent
          sold
        "#);
    }

    #[test]
    fn tens_of_thousands_of_leads_are_rewritten_line_by_line() {
        let text = "lead {}\n  old\n\n".repeat(50_000);
        let cases = cases(&text, 1, &mut Vec::new());
        let told = vec![vec!["new".to_owned()]; cases.len()];
        assert_eq!(rewritten(&text, &cases, &told), text.replace("old", "new"));
    }

    #[test]
    fn every_mistake_is_told_with_its_line() {
        let text = "  sold\nkey u\nlead [3]\nlead {}\nanswer accepted\nanswers yes\n";
        insta::assert_snapshot!(failures_of(text), @"
        10, leads: this belongs to no lead; write `lead {…}` before it
        11, leads: this belongs to no lead; write `lead {…}` before it
        12, leads: the fields of a lead are a JSON object: invalid type: sequence, expected a map at line 1 column 0
        14, leads: `answer` is not given with a lead; known are lead, key, free, answers, bids, and what is told is indented
        15, leads: `yes` is not an answer; known are accepted, rejected, not sent, unknown
        ");
    }
}
