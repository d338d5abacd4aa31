//! What a lead schema must fulfil.

use std::collections::BTreeSet;

use unicode_normalization::is_nfc;

use super::{ALWAYS, Field, FieldKind};
use crate::{Problem, number::SCALE_MAX};

/// Most declared fields of a schema.
const FIELDS_MAX: usize = 256;
const LABELS_MAX: usize = 1_024;
const LABEL_CHARS_MAX: usize = 256;
const TEXT_CHARS_MAX: u32 = 65_536;

/// Words of the predicate language.
const RESERVED: [&str; 11] = [
    "true",
    "false",
    "null",
    "in",
    "has",
    "startsWith",
    "hour",
    "weekday",
    "timestamp",
    "duration",
    "lead",
];

/// Every reason why `vertical` and the fields, each with its position, are no schema.
pub(super) fn problems(vertical: &str, declared: &[(usize, Field)]) -> Vec<Problem> {
    let mut problems = Vec::new();
    if !is_word(vertical, "_-") {
        problems.push(
            Problem::new("bad_name", "vertical", format!("`{vertical}` is not a name of a vertical"))
                .hint("start with a small letter; then small letters, digits, `_` and `-`, at most 63 in all"),
        );
    }
    if declared.len() > FIELDS_MAX {
        problems.push(Problem::new(
            "too_many_fields",
            "fields",
            format!(
                "{} fields, but a schema has at most {FIELDS_MAX}",
                declared.len()
            ),
        ));
    }
    let mut names = BTreeSet::new();
    for (position, field) in declared {
        let doubled = !names.insert(field.name.as_str());
        let path = format!("fields[{position}]");
        problems.extend(name_problem(&field.name, doubled, &format!("{path}.name")));
        kind_problems(&field.kind, &path, &mut problems);
    }
    problems
}

fn is_word(name: &str, also: &str) -> bool {
    name.len() <= 63
        && name.starts_with(|mark: char| mark.is_ascii_lowercase())
        && name
            .chars()
            .all(|mark| mark.is_ascii_lowercase() || mark.is_ascii_digit() || also.contains(mark))
}

fn name_problem(name: &str, doubled: bool, path: &str) -> Option<Problem> {
    let (code, message, hint) = if RESERVED.contains(&name) {
        let message = format!("`{name}` is a word of the predicate language");
        ("reserved_name", message, "choose another name")
    } else if ALWAYS.contains(&name) {
        let message = format!("`{name}` is there in every schema");
        (
            "reserved_name",
            message,
            "leave it out; it is already a field",
        )
    } else if !is_word(name, "_") {
        let hint =
            "start with a small letter; then small letters, digits and `_`, at most 63 in all";
        ("bad_name", format!("`{name}` is not a field name"), hint)
    } else if doubled {
        let message = format!("`{name}` is already a field");
        ("doubled_name", message, "give each field its own name")
    } else {
        return None;
    };
    Some(Problem::new(code, path, message).hint(hint))
}

fn kind_problems(kind: &FieldKind, path: &str, problems: &mut Vec<Problem>) {
    match kind {
        FieldKind::Enum { labels } => label_problems(labels, &format!("{path}.labels"), problems),
        FieldKind::Text { max_chars, .. } if !(1..=TEXT_CHARS_MAX).contains(max_chars) => {
            problems.push(Problem::new(
                "out_of_range",
                format!("{path}.max_chars"),
                format!(
                    "{max_chars} characters, but a text has at least 1 and at most {TEXT_CHARS_MAX}"
                ),
            ));
        }
        FieldKind::Integer {
            min: Some(min),
            max: Some(max),
        } if min > max => {
            problems.push(
                Problem::new(
                    "empty_range",
                    format!("{path}.min"),
                    format!("no whole number lies between {min} and {max}"),
                )
                .hint("`min` is at most `max`"),
            );
        }
        FieldKind::Decimal { scale } if *scale > SCALE_MAX => problems.push(Problem::new(
            "out_of_range",
            format!("{path}.scale"),
            format!("{scale} digits after the point, but a decimal has at most {SCALE_MAX}"),
        )),
        _ => {}
    }
}

fn label_problems(labels: &[String], path: &str, problems: &mut Vec<Problem>) {
    if labels.is_empty() || labels.len() > LABELS_MAX {
        problems.push(Problem::new(
            "out_of_range",
            path,
            format!(
                "{} labels, but an enum has at least 1 and at most {LABELS_MAX}",
                labels.len()
            ),
        ));
    }
    let mut seen = BTreeSet::new();
    for (position, label) in labels.iter().enumerate() {
        let fits = !label.is_empty()
            && label.chars().count() <= LABEL_CHARS_MAX
            && !label.contains(char::is_control)
            && label.trim() == label
            && is_nfc(label);
        let path = format!("{path}[{position}]");
        if !fits {
            problems.push(
                Problem::new("bad_label", path, format!("`{}` is not a label", label.escape_default()))
                    .hint("a label has 1 to 256 characters in NFC, none of them a control character, and no space at its ends"),
            );
        } else if !seen.insert(label) {
            problems.push(
                Problem::new(
                    "doubled_label",
                    path,
                    format!("`{label}` is already a label"),
                )
                .hint("leave it out"),
            );
        }
    }
}
