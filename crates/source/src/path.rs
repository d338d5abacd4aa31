//! Places in JSON: the part of JSONPath that names one value.

use std::fmt;

use serde_json::Value;

/// Most steps of a path.
const STEPS_MAX: usize = 32;

/// A place in a JSON payload, such as `$.entry[0].field_data[?@.name == "email"].values[0]`.
///
/// A step is a member (`.name`, or `["any name"]`), a position in a list (`[0]`), or the first element of a list whose
/// member has a value (`[?@.name == "email"]`).
///
/// # Source
///
/// Gössner, Normington, Bormann, *JSONPath: Query Expressions for JSON*, RFC 9535, 2024: the selectors of names and indexes,
/// and of filters the comparison of one member with one literal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct JsonPath(Vec<Step>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Member(String),
    Position(usize),
    First { member: String, is: Value },
}

impl JsonPath {
    /// Reads a path.
    ///
    /// # Errors
    ///
    /// What it cannot be, in words.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let rest = text
            .strip_prefix('$')
            .ok_or_else(|| "a path begins with `$`".to_owned())?;
        let mut steps = Vec::new();
        let mut rest = rest;
        while !rest.is_empty() {
            if steps.len() == STEPS_MAX {
                return Err(format!("a path has at most {STEPS_MAX} steps"));
            }
            let (step, after) = step(rest)?;
            steps.push(step);
            rest = after;
        }
        Ok(Self(steps))
    }

    /// The value at this place of a payload.
    pub(crate) fn find<'a>(&self, payload: &'a Value) -> Option<&'a Value> {
        let mut at = payload;
        for step in &self.0 {
            at = match step {
                Step::Member(name) => at.as_object()?.get(name)?,
                Step::Position(position) => at.as_array()?.get(*position)?,
                Step::First { member, is } => {
                    let mut entries = at.as_array()?.iter();
                    entries.find(|entry| entry.get(member) == Some(is))?
                }
            };
        }
        Some(at)
    }
}

/// One step, and what follows it.
fn step(text: &str) -> Result<(Step, &str), String> {
    if let Some(name) = text.strip_prefix('.') {
        let end = name.find(['.', '[']).unwrap_or(name.len());
        let (name, rest) = name.split_at(end);
        if name.is_empty() || name.contains(|mark: char| "]*?@ \"'".contains(mark)) {
            return Err(format!("`.{name}` is not the name of a member"));
        }
        return Ok((Step::Member(name.to_owned()), rest));
    }
    let inside = text
        .strip_prefix('[')
        .ok_or_else(|| format!("`{text}` begins with neither `.` nor `[`"))?;
    if inside.starts_with(['"', '\'']) {
        let (name, rest) = quoted(inside)?;
        return Ok((Step::Member(name), closed(rest)?));
    }
    if let Some(filter) = inside.strip_prefix('?') {
        return first(filter);
    }
    let end = inside.find(']').ok_or("a `[` is not closed")?;
    let position = inside[..end].trim();
    let position = position
        .parse()
        .map_err(|_| format!("`[{position}]` is not a position in a list"))?;
    Ok((Step::Position(position), &inside[end + 1..]))
}

/// What stands behind the question mark of `[?@.name == "email"]`.
fn first(filter: &str) -> Result<(Step, &str), String> {
    let wrong = || "a filter is written like [?@.name == \"email\"]".to_owned();
    let member = filter.trim_start().strip_prefix("@.").ok_or_else(wrong)?;
    let (member, value) = member.split_once("==").ok_or_else(wrong)?;
    let (member, value) = (member.trim(), value.trim_start());
    if member.is_empty() || member.contains(|mark: char| "[].\"' ".contains(mark)) {
        return Err(wrong());
    }
    let (is, rest) = if value.starts_with(['"', '\'']) {
        let (text, rest) = quoted(value)?;
        (Value::from(text), rest)
    } else {
        let (literal, _) = value.split_once(']').ok_or_else(wrong)?;
        let is = serde_json::from_str(literal.trim()).map_err(|_| wrong())?;
        (is, &value[literal.len()..])
    };
    let member = member.to_owned();
    Ok((Step::First { member, is }, closed(rest)?))
}

/// A text in quotes, and what follows it. A backslash stands before a quote or another backslash.
fn quoted(text: &str) -> Result<(String, &str), String> {
    let mut marks = text.char_indices();
    let quote = marks.next().map(|(_, mark)| mark);
    let mut said = String::new();
    while let Some((at, mark)) = marks.next() {
        match mark {
            '\\' => said.extend(marks.next().map(|(_, mark)| mark)),
            mark if Some(mark) == quote => return Ok((said, &text[at + mark.len_utf8()..])),
            mark => said.push(mark),
        }
    }
    Err("a quote is not closed".to_owned())
}

fn closed(text: &str) -> Result<&str, String> {
    text.trim_start()
        .strip_prefix(']')
        .ok_or_else(|| "a `[` is not closed".to_owned())
}

impl fmt::Display for JsonPath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("$")?;
        self.0.iter().try_for_each(|step| match step {
            Step::Member(name) if is_plain(name) => write!(out, ".{name}"),
            Step::Member(name) => write!(out, "[{}]", Value::from(name.as_str())),
            Step::Position(position) => write!(out, "[{position}]"),
            Step::First { member, is } => write!(out, "[?@.{member} == {is}]"),
        })
    }
}

fn is_plain(name: &str) -> bool {
    !name.is_empty() && !name.contains(|mark: char| "[].*?@ \"'\\".contains(mark))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::JsonPath;

    #[test]
    fn a_path_finds_one_value() {
        let payload = json!({
            "entry": [{"field_data": [
                {"name": "email", "values": ["ada@example.com"]},
                {"name": "it's \"odd\"", "values": [7]},
            ]}],
            "a b": {"c]": 1}, "n": [{"id": 3, "v": true}],
        });
        let found = |path: &str| {
            let path = JsonPath::parse(path).unwrap();
            path.find(&payload).cloned()
        };
        let email = "$.entry[0].field_data[?@.name == \"email\"].values[0]";
        assert_eq!(found(email), Some(json!("ada@example.com")));
        let odd = "$.entry[0].field_data[?@.name=='it\\'s \"odd\"'].values[0]";
        assert_eq!(found(odd), Some(json!(7)));
        assert_eq!(found("$['a b'][\"c]\"]"), Some(json!(1)));
        assert_eq!(found("$.n[?@.id == 3].v"), Some(json!(true)));
        for absent in [
            "$.nothing",
            "$.entry[1]",
            "$.entry.field_data",
            "$.n[?@.id == 4]",
        ] {
            assert_eq!(found(absent), None, "{absent}");
        }
    }

    #[test]
    fn what_is_no_path_is_told() {
        for text in [
            "",
            "entry",
            "$entry",
            "$.",
            "$..a",
            "$.a[",
            "$.a[x]",
            "$.a[-1]",
            "$.a[*]",
            "$.a['b]",
            "$.a[?name == 1]",
            "$.a[?@.b.c == 1]",
            "$.a[?@.b]",
            "$.a[?@.b == x]",
            "$.a[?@.b == 1",
        ] {
            assert!(JsonPath::parse(text).is_err(), "{text}");
        }
        assert!(
            JsonPath::parse(&"$.a".repeat(2)).is_ok(),
            "a member may be called `a$`"
        );
        assert!(JsonPath::parse(&format!("${}", ".a".repeat(33))).is_err());
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back(text in "\\$[.\\[\\]?@=a\"'\\\\0 ]{0,16}") {
            if let Ok(path) = JsonPath::parse(&text) {
                prop_assert_eq!(JsonPath::parse(&path.to_string()), Ok(path));
            }
        }
    }
}
