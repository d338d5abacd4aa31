//! From what a source sent to the typed fields of a lead, with every mistake at once.

use serde_json::{Map, Value as Json};
use unicode_normalization::UnicodeNormalization;

use crate::{
    ALWAYS, Field, FieldKind, Fields, Problem, Required, Schema, Timestamp, Value,
    number::{self, DecimalError},
    suggest::did_you_mean,
    text::shown,
};

mod format;
mod prefix;
mod single;
#[cfg(test)]
mod tests;

pub(crate) use format::{chars_max, is_printable, read as read_format};

/// Most unknown names that are told of: a hostile lead has tens of thousands.
const UNKNOWN_MAX: usize = 100;

/// What we know about a lead besides what its source says in `fields`.
#[derive(Debug, Clone)]
pub struct Envelope<'a> {
    /// Who sent the lead, at most 256 characters.
    pub source: &'a str,
    /// The source's own placement ids, `sub_id_1` first, at most 256 characters each.
    pub sub_ids: [Option<String>; 5],
    /// When the lead came in.
    pub received_at: Timestamp,
    /// Whether no destination may take it for real.
    pub is_test: bool,
    /// How much of the lead must be there.
    pub stage: Stage,
}

/// How far a source has come with a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// It asks who would take such a lead.
    Ping,
    /// It hands the whole lead over.
    Post,
}

impl Stage {
    fn needs(self, required: Required) -> bool {
        match required {
            Required::Ping => true,
            Required::Post => self == Self::Post,
            Required::Never => false,
        }
    }
}

impl Schema {
    /// The typed fields of a lead.
    ///
    /// `null` and the empty text both count as missing, whatever the kind: web forms send empty
    /// texts for what was left out. Text is brought to NFC. Decimals come as JSON numbers or as
    /// texts, and are never rounded; integers only as whole JSON numbers, `30.0` among them.
    ///
    /// * `fields`: the declared fields by name. The always-there ones come from `envelope` alone.
    ///
    /// # Errors
    ///
    /// Every mistake, in the order of the schema and then of unknown names. Codes:
    /// `missing_field`, `wrong_type`, `unknown_label`, `out_of_range`, `too_long`, `too_precise`,
    /// `malformed`, `reserved_field`, `unknown_field`. Messages never repeat the value of a field
    /// that tells who a person is.
    pub fn parse(
        &self,
        fields: &Map<String, Json>,
        envelope: &Envelope<'_>,
    ) -> Result<Fields, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut values = self.always(envelope, &mut problems);
        for field in self.declared() {
            let path = format!("fields.{}", field.name);
            let given = fields.get(&field.name).filter(|given| !is_missing(given));
            let value = match given.map(|given| read(field, given)) {
                Some(Ok(value)) => Some(value),
                Some(Err(mistake)) => {
                    problems.push(mistake.at(&path));
                    None
                }
                None => {
                    if envelope.stage.needs(field.required) {
                        problems.push(missing(field, &path));
                    }
                    None
                }
            };
            values.push(value);
        }
        self.unknown_fields(fields, &mut problems);
        if problems.is_empty() {
            Ok(Fields::new(values))
        } else {
            Err(problems)
        }
    }

    fn always(&self, envelope: &Envelope<'_>, problems: &mut Vec<Problem>) -> Vec<Option<Value>> {
        let Envelope {
            source,
            sub_ids,
            received_at,
            is_test,
            stage: _,
        } = envelope;
        let texts = std::iter::once(Some(*source)).chain(sub_ids.iter().map(Option::as_deref));
        let mut values: Vec<Option<Value>> = texts
            .zip(self.fields())
            .map(|(text, field)| {
                let text = text.filter(|text| !text.is_empty())?;
                read_text(field, text)
                    .map_err(|mistake| problems.push(mistake.at(&field.name)))
                    .ok()
            })
            .collect();
        values.push(Some(Value::Timestamp(*received_at)));
        values.push(Some(Value::Boolean(*is_test)));
        values
    }

    /// Names in `fields` that do not belong there.
    fn unknown_fields(&self, fields: &Map<String, Json>, problems: &mut Vec<Problem>) {
        let is_declared = |name: &str| self.declared().iter().any(|field| field.name == name);
        let mut names: Vec<&str> = fields.keys().map(String::as_str).collect();
        names.retain(|name| !is_declared(name));
        names.sort_unstable();
        for name in names.into_iter().take(UNKNOWN_MAX) {
            let path = format!("fields.{}", shown(name));
            problems.push(if ALWAYS.contains(&name) {
                let message = format!("`{name}` is set by the platform, not by `fields`");
                Problem::new("reserved_field", path, message).hint("leave it out")
            } else {
                let declared = self.declared().iter().map(|field| field.name.as_str());
                let message = format!("`{}` is not a field of {}", shown(name), self.vertical());
                Problem {
                    hint: did_you_mean(name, declared),
                    ..Problem::new("unknown_field", path, message)
                }
            });
        }
    }
}

/// Reads one present value of a field.
pub(crate) fn read(field: &Field, given: &Json) -> Result<Value, Mistake> {
    match &field.kind {
        FieldKind::Integer { min, max } => read_integer(field, *min, *max, given),
        FieldKind::Decimal { scale } => read_decimal(field, *scale, given),
        FieldKind::Boolean => given
            .as_bool()
            .map(Value::Boolean)
            .ok_or_else(|| wrong_type(field, given, "true or false")),
        _ => {
            let text = given.as_str();
            read_text(
                field,
                text.ok_or_else(|| wrong_type(field, given, "a text"))?,
            )
        }
    }
}

/// A mistake in one value, whose place its finder knows.
pub(crate) struct Mistake {
    code: &'static str,
    message: String,
    hint: Option<String>,
}

impl Mistake {
    pub(crate) fn at(self, path: &str) -> Problem {
        let Self {
            code,
            message,
            hint,
        } = self;
        Problem {
            hint,
            ..Problem::new(code, path, message)
        }
    }
}

fn is_missing(given: &Json) -> bool {
    given.is_null() || given.as_str() == Some("")
}

fn missing(field: &Field, path: &str) -> Problem {
    let when = match field.required {
        Required::Ping => "at the ping",
        Required::Post | Required::Never => "at the post",
    };
    Problem::new(
        "missing_field",
        path,
        format!("`{}` must be there {when}", field.name),
    )
    .hint(format!("send {}", wanted(&field.kind)))
}

fn wanted(kind: &FieldKind) -> String {
    match kind {
        FieldKind::Enum { labels } if labels.len() <= 12 => {
            format!("one of {}", labels.join(", "))
        }
        FieldKind::Enum { .. } => "one of its labels".to_owned(),
        FieldKind::Integer { .. } => "a whole number".to_owned(),
        FieldKind::Decimal { .. } => "a decimal number".to_owned(),
        FieldKind::Boolean => "true or false".to_owned(),
        FieldKind::Timestamp => "a time like 2026-01-31T09:30:00Z".to_owned(),
        FieldKind::Date => "a day like 1990-01-31".to_owned(),
        other => format!("a text ({})", other.name().replace('_', " ")),
    }
}

fn read_text(field: &Field, text: &str) -> Result<Value, Mistake> {
    let mistake = |code, message: String, hint: &str| {
        let hint = Some(hint.to_owned()).filter(|hint| !hint.is_empty());
        Mistake {
            code,
            message,
            hint,
        }
    };
    if !is_printable(&field.kind, text) {
        let is_line = matches!(field.kind, FieldKind::Text { .. }) && text.contains(['\n', '\r']);
        let (what, hint) = if is_line {
            ("a line break", "send it as one line")
        } else {
            ("a control character", "send printable characters alone")
        };
        let message = format!("`{}` holds {what}", field.name);
        return Err(mistake("malformed", message, hint));
    }
    let text: String = text.nfc().collect();
    let (chars, most) = (text.chars().count(), chars_max(&field.kind));
    if !matches!(field.kind, FieldKind::Enum { .. })
        && usize::try_from(most).is_ok_and(|most| chars > most)
    {
        let message = format!(
            "`{}` has {chars} characters, but at most {most} fit",
            field.name
        );
        return Err(mistake("too_long", message, "shorten it"));
    }
    match &field.kind {
        FieldKind::Enum { labels } => {
            if labels.contains(&text) {
                return Ok(Value::Text(text));
            }
            let candidates = labels.iter().map(String::as_str);
            let hint = did_you_mean(&text, candidates)
                .unwrap_or_else(|| format!("send {}", wanted(&field.kind)));
            let message = format!(
                "{} is not a label of `{}`",
                quoted(field, &text),
                field.name
            );
            Err(mistake("unknown_label", message, &hint))
        }
        FieldKind::Timestamp => text.parse().map(Value::Timestamp).map_err(|_| {
            let message = format!("{} is not a point in time", quoted(field, &text));
            mistake("malformed", message, "write it like 2026-01-31T09:30:00Z")
        }),
        FieldKind::Date => text.parse().map(Value::Date).map_err(|_| {
            let message = format!("{} is not a day", quoted(field, &text));
            let hint = "write year, month and day, like 1990-01-31";
            mistake("malformed", message, hint)
        }),
        kind => format::read(kind, &text)
            .map(Value::Text)
            .map_err(|wanted| {
                let value = quoted(field, &text);
                let message = format!("{value} is not a good value for `{}`", field.name);
                mistake("malformed", message, wanted)
            }),
    }
}

fn read_integer(
    field: &Field,
    min: Option<i64>,
    max: Option<i64>,
    given: &Json,
) -> Result<Value, Mistake> {
    let wrong = || wrong_type(field, given, "a whole number");
    let Json::Number(number) = given else {
        return Err(wrong());
    };
    let integer = match (number.as_i64(), number.as_f64()) {
        (Some(integer), _) => Some(integer),
        // Past 2^53 a float no longer says which whole number was meant.
        (None, Some(float)) if float.fract() == 0.0 && float.abs() <= 9_007_199_254_740_992.0 => {
            format!("{float:.0}").parse().ok()
        }
        (None, Some(float)) if float.is_finite() && float.fract() != 0.0 => return Err(wrong()),
        (None, _) => None,
    };
    let (least, most) = (min.unwrap_or(i64::MIN), max.unwrap_or(i64::MAX));
    integer
        .filter(|integer| (least..=most).contains(integer))
        .map(Value::Integer)
        .ok_or_else(|| Mistake {
            code: "out_of_range",
            message: format!(
                "{} is out of range for `{}`",
                quoted(field, &number.to_string()),
                field.name
            ),
            hint: Some(match (min, max) {
                (Some(min), None) => format!("send {min} or more"),
                (None, Some(max)) => format!("send {max} or less"),
                _ => format!("send a whole number from {least} to {most}"),
            }),
        })
}

fn read_decimal(field: &Field, scale: u8, given: &Json) -> Result<Value, Mistake> {
    let text = match given {
        Json::Number(number) => number.to_string(),
        // The exponent is for JSON's own numbers: a text is what somebody typed.
        Json::String(text) if text.len() <= 64 && !text.contains(['e', 'E']) => text.clone(),
        _ => return Err(wrong_type(field, given, "a decimal number")),
    };
    // A float has passed through binary: past 15 digits it may not be what was sent.
    let mantissa = text.split(['e', 'E']).next().unwrap_or(&text);
    let digits = mantissa.trim_start_matches(['-', '0', '.']).bytes();
    if given.is_f64() && digits.filter(u8::is_ascii_digit).count() > 15 {
        return Err(Mistake {
            code: "too_precise",
            message: format!(
                "{} has more digits than a JSON number keeps",
                quoted(field, &text)
            ),
            hint: Some("send it as a text, in quotes".to_owned()),
        });
    }
    number::parse(&text, scale)
        .map(Value::Decimal)
        .map_err(|error| match error {
            DecimalError::NotANumber(_) => wrong_type(field, given, "a decimal number"),
            DecimalError::TooPrecise { .. } => Mistake {
                code: "too_precise",
                message: format!(
                    "{} has more digits after the point than `{}` keeps",
                    quoted(field, &text),
                    field.name
                ),
                hint: Some(format!(
                    "round it to {scale} digits yourself; nothing is rounded here"
                )),
            },
            DecimalError::OutOfRange(_) => Mistake {
                code: "out_of_range",
                message: format!("{} is too large for `{}`", quoted(field, &text), field.name),
                hint: None,
            },
        })
}

fn wrong_type(field: &Field, given: &Json, wanted: &str) -> Mistake {
    let is = match given {
        Json::Null => "null",
        Json::Bool(_) => "a boolean",
        Json::Number(_) => "a number",
        Json::String(_) => "a text",
        Json::Array(_) => "a list",
        Json::Object(_) => "an object",
    };
    let value = match given {
        Json::Bool(_) | Json::Number(_) => format!(" ({})", quoted(field, &given.to_string())),
        Json::String(text) => format!(" ({})", quoted(field, text)),
        _ => String::new(),
    };
    Mistake {
        code: "wrong_type",
        message: format!("`{}` must be {wanted}, but it is {is}{value}", field.name),
        hint: Some(format!("send {}", self::wanted(&field.kind))),
    }
}

/// The value in a message: not at all if it tells who a person is, and never in full length.
fn quoted(field: &Field, text: &str) -> String {
    if field.pii {
        "this value".to_owned()
    } else {
        format!("`{}`", shown(text))
    }
}
