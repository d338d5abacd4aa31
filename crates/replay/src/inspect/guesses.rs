//! What was guessed, as questions, and what a log does not say.

use toml::Value;

use super::{GuessedKey, Looked, cells::is_local, words::Role};
use crate::log::{DateOrder, Numbers};

/// Every guess, in the order of the scenario.
pub(super) fn all(looked: &Looked) -> Vec<GuessedKey> {
    let mut guesses = Vec::new();
    guesses.extend(of_text(looked));
    guesses.extend(of_numbers(looked));
    guesses.extend(of_times(looked));
    guesses.extend(of_repeats(looked));
    guesses.extend(of_unit(looked));
    for role in [
        Role::Destination,
        Role::Propensity,
        Role::LeadId,
        Role::At,
        Role::ConvertedAt,
        Role::Answer,
        Role::Reward,
        Role::Cost,
        Role::Offer,
        Role::Available,
    ] {
        guesses.extend(of_role(looked, role));
    }
    guesses.extend(of_unsold(looked));
    guesses.extend(of_ends(looked));
    guesses.extend(of_answers(looked));
    guesses.extend(of_fields(looked));
    guesses
}

/// A guess at a key.
fn guess(
    key: &str,
    value: impl Into<Value>,
    because: impl Into<String>,
    question: impl Into<String>,
    otherwise: impl Into<String>,
) -> GuessedKey {
    GuessedKey {
        key: key.to_owned(),
        value: value.into().to_string(),
        because: because.into(),
        question: question.into(),
        otherwise: otherwise.into(),
    }
}

/// How a text is cut into cells.
fn of_text(looked: &Looked) -> Vec<GuessedKey> {
    let dialect = &looked.format.dialect;
    let mut guesses = Vec::new();
    if dialect.separator != b',' {
        let separator = char::from(dialect.separator).to_string();
        guesses.push(guess(
            "separator",
            separator,
            "it cuts the lines into equally many cells",
            "Is this what stands between the cells?",
            "separator = \",\"",
        ));
    }
    if dialect.encoding.word() != "utf-8" {
        guesses.push(guess(
            "encoding",
            dialect.encoding.word(),
            "the file is not UTF-8",
            "Do names with accents in the report read as they should?",
            "save the file as UTF-8, and leave this line out",
        ));
    }
    if dialect.comment.is_some() {
        guesses.push(guess(
            "comment",
            "#",
            "the file begins with such a line",
            "Are lines that begin with it no rows?",
            "leave this line out",
        ));
    }
    if dialect.skip_lines > 0 {
        guesses.push(guess(
            "skip_lines",
            i64::try_from(dialect.skip_lines).unwrap_or(i64::MAX),
            "they have other cells than the lines behind them",
            "Does the header stand in the line after these?",
            "skip_lines = 0",
        ));
    }
    if !dialect.not_rows.is_empty() {
        guesses.push(guess(
            "not_rows",
            dialect.not_rows.clone(),
            "the file ends with lines that are no leads",
            "Is every line that begins so a total or a note?",
            "not_rows = []",
        ));
    }
    guesses
}

fn of_numbers(looked: &Looked) -> Vec<GuessedKey> {
    let mut guesses = Vec::new();
    let format = &looked.format;
    if format.numbers != Numbers::Plain {
        let otherwise = match format.numbers {
            Numbers::Comma => Numbers::Point,
            Numbers::Point | Numbers::Plain => Numbers::Comma,
        };
        guesses.push(guess(
            "numbers",
            format.numbers.word(),
            "amounts are written so, or with the sign of a currency",
            "Is this how the file writes one thousand two hundred and thirty-four and a half or so?",
            format!("numbers = \"{}\"", otherwise.word()),
        ));
    }
    if !format.null_values.is_empty() {
        guesses.push(guess(
            "null_values",
            format.null_values.clone(),
            "they stand where values are expected",
            "Do these texts mean that nothing is known?",
            "null_values = []",
        ));
    }
    guesses
}

fn of_times(looked: &Looked) -> Vec<GuessedKey> {
    let format = &looked.format;
    let times: Vec<_> = [Role::At, Role::ConvertedAt]
        .into_iter()
        .filter_map(|role| looked.profile(role))
        .collect();
    let mut guesses = Vec::new();
    if let Some(unit) = format.time_unit {
        guesses.push(guess(
            "time_unit",
            unit.word(),
            "in this unit since 1970 the numbers are times of our days",
            "Do the times count in this unit?",
            "time_unit = \"s\", \"ms\", \"us\" or \"ns\"",
        ));
    }
    if let Some(order) = format.date_order {
        let is_told = times.iter().any(|profile| {
            let seen = profile.seen;
            (seen.day_first > 0) != (seen.month_first > 0)
        });
        let because = if is_told {
            "some dates have a number above 12 there"
        } else {
            "no date tells: both numbers are 12 or less, or the dates differ. It is what this language does"
        };
        let other = match order {
            DateOrder::DayFirst => DateOrder::MonthFirst,
            DateOrder::MonthFirst => DateOrder::DayFirst,
        };
        guesses.push(guess(
            "date_order",
            order.word(),
            because,
            "Is 02/03 the third of February (month_first) or the second of March (day_first)?",
            format!("date_order = \"{}\"", other.word()),
        ));
    }
    if let Some(zone) = format
        .time_zone
        .as_ref()
        .filter(|_| times.iter().any(|it| is_local(it)))
    {
        guesses.push(guess(
            "time_zone",
            zone.name(),
            "the times have no offset, and this is where such headers are usual",
            "In which zone does the program that wrote the file show its times? Its settings say so",
            "time_zone = \"America/New_York\", or another IANA name",
        ));
    }
    guesses
}

fn of_repeats(looked: &Looked) -> Vec<GuessedKey> {
    let n = looked.joint.n_repeated;
    if n == 0 || looked.roles.column(Role::LeadId).is_none() {
        return Vec::new();
    }
    vec![guess(
        "repeated_offers",
        "sum_rewards",
        format!("{n} rows repeat a lead and a destination"),
        "Is each such row a further payment (sum_rewards), or the same one once more (first)?",
        "repeated_offers = \"first\"",
    )]
}

/// What rewards are counted in.
fn of_unit(looked: &Looked) -> Vec<GuessedKey> {
    let (unit, because) = unit(looked);
    vec![guess(
        "reward.unit",
        unit,
        because,
        "What are the rewards counted in?",
        "unit = \"USD\", or any other word; it is only shown",
    )]
}

/// The unit of rewards, and how it is known.
pub(super) fn unit(looked: &Looked) -> (String, &'static str) {
    let of_column = looked.profile(Role::Currency).and_then(|profile| {
        let values = profile.frequent();
        values.first().map(|(code, _)| (*code).to_owned())
    });
    if let Some(code) = of_column {
        return (code, "the currency column says so");
    }
    let Some(reward) = looked.profile(Role::Reward) else {
        return (
            "sales".to_owned(),
            "no column says what a lead brought: each accepted one counts as 1",
        );
    };
    if let Some(code) = reward.currencies.keys().next() {
        return ((*code).to_owned(), "the amounts bear its sign");
    }
    let header = reward.name.to_uppercase();
    let known = ["USD", "EUR", "GBP", "BRL", "CHF", "MXN", "CAD", "AUD"];
    let in_header = known.into_iter().find(|code| header.contains(code));
    let sign = [("€", "EUR"), ("£", "GBP"), ("R$", "BRL"), ("$", "USD")];
    let signed = sign
        .into_iter()
        .find(|(sign, _)| header.contains(sign))
        .map(|(_, code)| code);
    match in_header.or(signed) {
        Some(code) => (code.to_owned(), "the header says so"),
        None => ("units".to_owned(), "nothing says which currency it is"),
    }
}

fn of_role(looked: &Looked, role: Role) -> Option<GuessedKey> {
    let taken = looked.roles.taken.get(&role)?;
    let profile = &looked.profiles[taken.column];
    let others: Vec<&str> = taken
        .others
        .iter()
        .map(|column| looked.profiles[*column].name.as_str())
        .collect();
    let key = role.key();
    let write = match others.first() {
        Some(other) => format!("{key} = {}", Value::from(*other)),
        None => format!("{key} = \"another column\""),
    };
    let (question, otherwise) = match role {
        Role::Destination => ("Does this column say who got the lead, also where they refused it?", write),
        Role::Propensity => (
            "Is this the probability with which the destination was drawn at that moment, and not a score or a forecast?",
            "leave this line out: a score is no probability of a choice".to_owned(),
        ),
        Role::LeadId => ("Do rows with the same text belong to one lead?", "leave this line out: each row is then a lead".to_owned()),
        Role::At => ("Is this when the lead came in, and not when it was sold or last changed?", write),
        Role::ConvertedAt => (
            "Is this when the lead brought what it brought? Young leads then count as not done yet",
            "leave this line out".to_owned(),
        ),
        Role::Answer => ("Does this column say what the destination made of the lead?", "leave this line out: the last offer of a lead counts as accepted".to_owned()),
        Role::Reward => ("Is this what came in for the lead, after returns?", write),
        Role::Cost => (
            "Is this what was paid for the lead? It is taken off the reward",
            "leave this line out, if the lead costs the same whoever gets it and only revenue matters".to_owned(),
        ),
        Role::Offer => ("Does it number the offers of a lead?", "leave this line out: offers go by time, then by row".to_owned()),
        Role::Available => ("Does it list who was free when the choice was made?", "leave this line out".to_owned()),
        Role::Source | Role::Currency => return None,
    };
    Some(guess(
        &format!("columns.{key}"),
        profile.name.as_str(),
        format!(
            "its header, and {} values that are {}",
            profile.n_distinct(),
            profile.kind()
        ),
        question,
        otherwise,
    ))
}

fn of_unsold(looked: &Looked) -> Vec<GuessedKey> {
    let n = looked.joint.n_nobody;
    if n == 0 {
        return Vec::new();
    }
    vec![guess(
        "columns.unsold_rows",
        true,
        format!("{n} of {} rows name nobody", looked.joint.n_rows),
        "Are these leads that nobody was offered, or that nobody took?",
        "take these rows out of the file, if they are none",
    )]
}

/// Whether a refusal was the end of a lead: only a log that is weighed asks.
fn of_ends(looked: &Looked) -> Option<GuessedKey> {
    looked.roles.column(Role::Propensity)?;
    let has_refusals = looked.answers.known.values().any(|it| *it == "rejected");
    let is_once = looked
        .profile(Role::LeadId)
        .is_none_or(|profile| !profile.has_more && profile.n_distinct() as u64 == profile.n_known);
    (has_refusals && is_once).then(|| {
        guess(
            "columns.last_offer_ends",
            true,
            "leads that were refused have no further row",
            "Was a lead lost once the buyer of its row had refused it, and would it have been under any flow?",
            "leave this line out: what would have followed a refusal then counts as unsupported",
        )
    })
}

fn of_answers(looked: &Looked) -> Vec<GuessedKey> {
    let answers = &looked.answers;
    let mut guesses = Vec::new();
    for (word, answer) in &answers.known {
        let is_unclear = answers.unclear.contains(word);
        let because = if is_unclear {
            "the word says nothing to us"
        } else {
            "the word"
        };
        guesses.push(guess(
            &format!("columns.answers.{}", key(word)),
            *answer,
            because,
            "What had the destination said?",
            format!(
                "{} = \"accepted\", \"rejected\", \"not_sent\" or \"unknown\"",
                key(word)
            ),
        ));
    }
    guesses
}

fn of_fields(looked: &Looked) -> Vec<GuessedKey> {
    let mut guesses = Vec::new();
    if let Some(profile) = looked.profile(Role::Source) {
        guesses.push(guess(
            "columns.fields.source",
            profile.name.as_str(),
            "its header",
            "Does this column say where the lead came from?",
            "source = \"another column\"",
        ));
    }
    for column in &looked.fields {
        let profile = &looked.profiles[*column];
        guesses.push(guess(
            &format!("columns.fields.{}", looked.field_name(*column)),
            profile.name.as_str(),
            profile.kind(),
            "Was this known before the buyer was chosen?",
            "leave this line out: what was only known later must not decide",
        ));
    }
    guesses
}

/// A text as a key of TOML.
pub(super) fn key(text: &str) -> String {
    let is_bare = !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if is_bare {
        text.to_owned()
    } else {
        Value::from(text).to_string()
    }
}
