//! JSON that says one thing: no name twice in an object, no number that reading would change.
//!
//! Parsers keep the last of two members in silence, and the nearest binary fraction of a number; a
//! lead must not become another one so.

use std::{borrow::Cow, collections::BTreeSet, fmt::Write as _};

use serde::de::DeserializeOwned;
use serde_json::{Number, Value};

use crate::{Problem, number};

/// Most flaws that [`flaws`] finds in one text.
pub const FLAWS_MAX: usize = 100;

/// Digits that every binary fraction of 64 bits keeps.
const DIGITS_KEPT: usize = 15;

/// Reads JSON, a byte-order mark before it allowed.
///
/// ```
/// use pointsman_lead::json::read;
///
/// assert_eq!(read(r#"{"age": 40}"#).unwrap()["age"], 40);
/// let problems = read(r#"{"age": 17, "age": 40}"#).unwrap_err();
/// assert_eq!((&*problems[0].code, &*problems[0].path), ("duplicate_name", "age"));
/// ```
///
/// # Errors
///
/// `malformed` at the first place where the text is no JSON; else every name that stands twice in an
/// object (`duplicate_name`) and every number that would not stay what it is (`too_precise`).
pub fn read(text: &str) -> Result<Value, Vec<Problem>> {
    let text = without_mark(text);
    let value = serde_json::from_str(text).map_err(|error| {
        let problem = Problem::new("malformed", "", format!("this is not JSON: {error}"));
        vec![problem.hint("check how it is written; it is read as UTF-8")]
    })?;
    let problems = flaws(text);
    if problems.is_empty() {
        Ok(value)
    } else {
        Err(problems)
    }
}

/// As [`read`], of bytes that should be UTF-8.
///
/// # Errors
///
/// As [`read`].
pub fn read_bytes(bytes: &[u8]) -> Result<Value, Vec<Problem>> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let place = error.valid_up_to();
        let message = format!("this is not UTF-8: byte {place} belongs to no letter");
        vec![Problem::new("malformed", "", message)]
    })?;
    read(text)
}

/// Reads JSON as [`read`] does, into a type: files that people write.
///
/// # Errors
///
/// What is wrong, in one line.
pub fn parse<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    let text = without_mark(text);
    let value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let problems = flaws(text);
    if problems.is_empty() {
        return Ok(value);
    }
    let messages: Vec<String> = problems.into_iter().map(|it| it.message).collect();
    Err(messages.join("; "))
}

/// The text without the byte-order mark that some editors put before it.
pub fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// What [`read`] holds against a text that is known to be JSON: doubled names and numbers that
/// reading would change, each with its path, such as `nodes.a` or `rows[3].to`.
pub fn flaws(text: &str) -> Vec<Problem> {
    let mut scan = Scan {
        text,
        at: 0,
        open: Vec::new(),
        found: Vec::new(),
    };
    while scan.found.len() < FLAWS_MAX && scan.step().is_some() {}
    scan.found
}

/// What is open at a place of the text.
enum Open<'t> {
    Object {
        names: BTreeSet<Cow<'t, str>>,
        /// The member that is being read; none where its name comes next.
        name: Option<Cow<'t, str>>,
    },
    List(usize),
}

struct Scan<'t> {
    text: &'t str,
    at: usize,
    open: Vec<Open<'t>>,
    found: Vec<Problem>,
}

impl<'t> Scan<'t> {
    /// Passes over one sign, text or number; `None` at the end.
    fn step(&mut self) -> Option<()> {
        match self.text.as_bytes().get(self.at)? {
            b'{' => self.enter(Open::Object {
                names: BTreeSet::new(),
                name: None,
            }),
            b'[' => self.enter(Open::List(0)),
            b'}' | b']' => {
                self.open.pop();
                self.at += 1;
            }
            b',' => {
                match self.open.last_mut() {
                    Some(Open::Object { name, .. }) => *name = None,
                    Some(Open::List(position)) => *position += 1,
                    None => {}
                }
                self.at += 1;
            }
            b'"' => self.text(),
            b'-' | b'0'..=b'9' => self.number(),
            _ => self.at += 1,
        }
        Some(())
    }

    fn enter(&mut self, open: Open<'t>) {
        self.open.push(open);
        self.at += 1;
    }

    fn text(&mut self) {
        let start = self.at;
        self.at = end_of_text(self.text.as_bytes(), start);
        let token = &self.text[start..self.at];
        let Some(Open::Object {
            names,
            name: name @ None,
        }) = self.open.last_mut()
        else {
            return; // A value.
        };
        let read: Cow<'t, str> = match token.get(1..token.len() - 1) {
            Some(plain) if !plain.contains('\\') => plain.into(),
            _ => serde_json::from_str::<String>(token)
                .unwrap_or_default()
                .into(),
        };
        *name = Some(read.clone());
        if !names.insert(read) {
            let path = self.path();
            let message = format!("`{path}` is there twice");
            let problem = Problem::new("duplicate_name", path, message);
            self.found
                .push(problem.hint("rename or delete one of them"));
        }
    }

    fn number(&mut self) {
        let rest = &self.text[self.at..];
        let belongs = |byte: u8| byte.is_ascii_digit() || b"+-.eE".contains(&byte);
        let end = rest.bytes().position(|byte| !belongs(byte));
        let token = &rest[..end.unwrap_or(rest.len())];
        self.at += token.len();
        if !stays(token) {
            let path = self.path();
            let digits = token.bytes().filter(u8::is_ascii_digit).count();
            // Not the digits themselves: they may tell who a person is.
            let message =
                format!("`{path}` is a number of {digits} digits, more than a JSON number keeps");
            let problem = Problem::new("too_precise", path, message);
            let hint = "round it, or send it as a text, in quotes";
            self.found.push(problem.hint(hint));
        }
    }

    /// Where the scan stands.
    fn path(&self) -> String {
        let mut path = String::new();
        for open in &self.open {
            match open {
                Open::Object { name, .. } => {
                    if !path.is_empty() {
                        path.push('.');
                    }
                    path.push_str(name.as_deref().unwrap_or_default());
                }
                Open::List(position) => {
                    // Writing to a text does not fail.
                    let _ = write!(path, "[{position}]");
                }
            }
        }
        path
    }
}

/// The place after a text that begins at `start`, or the end.
fn end_of_text(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    loop {
        match bytes.get(at) {
            Some(b'"') => return at + 1,
            Some(b'\\') => at += 2,
            Some(_) => at += 1,
            None => return bytes.len(),
        }
    }
}

/// Whether a number of JSON, or of a language with the same numbers, is read as just the number that
/// is written. `true` for what is no number at all.
pub fn stays(token: &str) -> bool {
    let mantissa = token.split(['e', 'E']).next().unwrap_or(token);
    let digits = mantissa.trim_start_matches(['-', '0', '.']).bytes();
    if digits.filter(u8::is_ascii_digit).count() <= DIGITS_KEPT {
        return true;
    }
    match serde_json::from_str::<Number>(token) {
        Ok(number) => number::same(token, &number.to_string()),
        Err(_) => true,
    }
}

/// What `serde` says of a value of a wrong type, in plain words.
///
/// ```
/// let error = serde_json::from_str::<Vec<u8>>("{}").unwrap_err();
/// let words = pointsman_lead::json::in_words(&error.to_string());
/// assert!(words.starts_with("this is an object, but should be a list"));
/// ```
pub fn in_words(error: &str) -> String {
    let words = [
        ("invalid type: ", "this is "),
        ("invalid value: ", "this is "),
        ("unknown variant ", "this is "),
        ("floating point ", "the number "),
        ("a sequence", "a list"),
        ("a map", "an object"),
        ("sequence", "a list"),
        ("map", "an object"),
        (", expected a string", ", but should be a text"),
        (", expected ", ", but should be "),
        ("u32", "a whole number from 0 to 4294967295"),
        ("i64", "a whole number of 64 bits"),
        ("u8", "a whole number from 0 to 255"),
        ("integer `", "the number `"),
        ("string \"", "the text \""),
    ];
    let mut text = error.to_owned();
    for (serde, ours) in words {
        text = text.replacen(serde, ours, 1);
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::{flaws, read, stays};

    fn found(text: &str) -> Vec<String> {
        let problems = read(text).err().unwrap_or_default();
        let place = |problem: crate::Problem| format!("{} {}", problem.code, problem.path);
        problems.into_iter().map(place).collect()
    }

    #[test]
    fn a_name_that_stands_twice_is_refused_with_its_place() {
        assert_eq!(found(r#"{"age": 17, "age": 40}"#), ["duplicate_name age"]);
        let deep = r#"{"a": [{"b": 1}, {"b": {"c": 1, "d": 2, "c": 1}}], "e": {"b": 1}}"#;
        assert_eq!(found(deep), ["duplicate_name a[1].b.c"]);
        // Spelled otherwise it is the same name.
        assert_eq!(
            found(r#"{"age": 1, "\u0061ge": 2}"#),
            ["duplicate_name age"]
        );
        let all = r#"{"x": {"a": 1, "a": 2}, "x": [{"b": 0, "b": "}"}]}"#;
        assert_eq!(
            found(all),
            [
                "duplicate_name x.a",
                "duplicate_name x",
                "duplicate_name x[0].b"
            ]
        );
    }

    #[test]
    fn names_in_different_objects_and_in_texts_are_no_doubles() {
        let text =
            r#"{"a": {"a": "\"a\": 1, \"a\": 2"}, "b": [{"a": "{"}, {"a": "\\"}], "": {"": 0}}"#;
        assert_eq!(found(text), [""; 0]);
    }

    #[test]
    fn a_number_is_what_its_digits_say_or_it_is_refused() {
        for kept in [
            "12.5",
            "12.50",
            "-0",
            "1e2",
            "1.0",
            "30.0",
            "9007199254740993",
            "18446744073709551615",
            "-9223372036854775808",
            "0.30000000000000004",
            "1e300",
            "0.1000000000000000000000",
        ] {
            assert!(stays(kept), "{kept}");
        }
        for changed in [
            "12.499999999999999",
            "9007199254740993.0",
            "18446744073709551616",
            "0.1000000000000000055",
            "123456789.123456789123",
        ] {
            assert!(!stays(changed), "{changed}");
        }
        assert_eq!(
            found(r#"{"fields": {"price": 12.499999999999999}}"#),
            ["too_precise fields.price"]
        );
    }

    #[test]
    fn a_byte_order_mark_is_passed_over() {
        assert_eq!(read("\u{feff}{\"a\": 1}").unwrap(), json!({ "a": 1 }));
    }

    #[test]
    fn many_flaws_are_told_up_to_a_limit() {
        let members = "\"a\": 1, ".repeat(10_000);
        assert_eq!(found(&format!("{{{members} \"b\": 2}}")).len(), 100);
    }

    fn any_json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            "\\PC{0,6}".prop_map(Into::into),
        ];
        leaf.prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
                prop::collection::btree_map("\\PC{0,3}", inner, 0..4)
                    .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back(value in any_json()) {
            prop_assert_eq!(read(&value.to_string()).unwrap(), value.clone());
            prop_assert_eq!(read(&serde_json::to_string_pretty(&value).unwrap()).unwrap(), value);
        }

        #[test]
        fn no_text_panics(text in "[\\[\\]{}\",:\\\\0-9eE.+\\- a]{0,40}") {
            let _ = read(&text);
            let _ = flaws(&text);
        }
    }
}
