//! The first `scenario.toml` of a foreign log, with its guesses as comments.

use std::fmt::Write as _;

use toml::Value;

use super::{GuessedKey, Looked, flow, guesses, missing, words::Role};

/// Name of the file.
pub(super) const NAME: &str = "scenario.toml";
/// Characters of a line of a comment.
const WIDTH: usize = 100;

/// * `log`: the log as seen from the folder of the scenario.
pub(super) fn text(looked: &Looked, all: &[GuessedKey], log: &str) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = write(looked, all, log, &mut text);
    text
}

fn write(looked: &Looked, all: &[GuessedKey], log: &str, text: &mut String) -> std::fmt::Result {
    comment(
        text,
        "A first scenario, guessed by `pointsman log inspect`. Every guess has a question: where your answer is another one, change the line below it as it says. Then run `pointsman simulate` on this folder.",
    )?;
    for missing in missing::all(looked) {
        comment(text, &format!("Not in the log: {missing}."))?;
    }
    writeln!(text, "log = {}", Value::from(log))?;
    comment(
        text,
        "What was done at the time as a draw by the observed shares. Change it into what you want to know about.",
    )?;
    writeln!(text, "candidate = \"{}\"", flow::NAME)?;
    writeln!(text, "baseline = \"logged\"")?;
    writeln!(text, "schema = \"{}\"", flow::SCHEMA_NAME)?;
    let is_top = |guess: &&GuessedKey| !guess.key.contains('.');
    for guess in all.iter().filter(is_top) {
        line(text, guess, &guess.key)?;
    }
    writeln!(text, "\n[reward]")?;
    for guess in all {
        if let Some(key) = guess.key.strip_prefix("reward.") {
            line(text, guess, key)?;
        }
    }
    if looked.roles.column(Role::Reward).is_none() {
        writeln!(text, "accepted = 1")?;
    }
    writeln!(text, "\n[columns]")?;
    table(text, all, "columns.", true)?;
    for (name, prefix) in [
        ("answers", "columns.answers."),
        ("fields", "columns.fields."),
    ] {
        if all.iter().any(|guess| guess.key.starts_with(prefix)) {
            writeln!(text, "\n[columns.{name}]")?;
            table(text, all, prefix, false)?;
        }
    }
    destinations(looked, text)
}

/// The guesses below a prefix.
///
/// * `is_flat`: leaves out what has a table of its own.
fn table(text: &mut String, all: &[GuessedKey], prefix: &str, is_flat: bool) -> std::fmt::Result {
    let mut before = None;
    for guess in all {
        let Some(key) = guess.key.strip_prefix(prefix) else {
            continue;
        };
        if is_flat && (key.starts_with("answers.") || key.starts_with("fields.")) {
            continue;
        }
        // The same question of many values is asked once.
        if is_flat || before != Some(&guess.question) {
            line(text, guess, key)?;
        } else {
            writeln!(text, "{key} = {}", guess.value)?;
        }
        before = Some(&guess.question);
    }
    Ok(())
}

fn line(text: &mut String, guess: &GuessedKey, key: &str) -> std::fmt::Result {
    let GuessedKey {
        value,
        because,
        question,
        otherwise,
        ..
    } = guess;
    let stop = if question.ends_with('?') { "" } else { "." };
    comment(
        text,
        &format!("{question}{stop} Guessed by: {because}. If not: {otherwise}."),
    )?;
    writeln!(text, "{key} = {value}")
}

/// The names of the log's destinations in flows.
fn destinations(looked: &Looked, text: &mut String) -> std::fmt::Result {
    let named = flow::destinations(looked);
    if named.iter().all(|(log, name, _)| log == name) {
        return Ok(());
    }
    writeln!(text)?;
    comment(text, "The log's destinations, and their names in flows.")?;
    writeln!(text, "[columns.destinations]")?;
    for (log, name, _) in named {
        writeln!(text, "{} = {}", guesses::key(&log), Value::from(name))?;
    }
    Ok(())
}

/// A comment in lines that can be read.
pub(super) fn comment(text: &mut String, words: &str) -> std::fmt::Result {
    let mut line = String::from("#");
    // No text of the log must end the comment.
    let words: String = words
        .chars()
        .map(|char| if char.is_control() { ' ' } else { char })
        .collect();
    for word in words.split_whitespace() {
        if line.chars().count() + word.chars().count() >= WIDTH {
            writeln!(text, "{line}")?;
            line = String::from("#");
        }
        line.push(' ');
        line.push_str(word);
    }
    writeln!(text, "{line}")
}
