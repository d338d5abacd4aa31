//! One text for all spellings of a value, so that a person is one person however a form was filled in.

use std::fmt::{self, Write as _};

use unicode_normalization::{UnicodeNormalization as _, is_nfc};

use crate::{FieldKind, ValueRef};

/// The normal form of a value, as a text: what sticky draws know its lead by. Part of the semantics.
///
/// | kind | normal form |
/// | --- | --- |
/// | e-mail | trimmed, lower case: mail hosts tell no letters apart by case |
/// | telephone number | a plus and digits, as in E.164; all else is left out |
/// | country, region | trimmed, upper case |
/// | postal code | upper case, without blanks and hyphens |
/// | URL | trimmed; scheme and host in lower case |
/// | text, label, IP address | trimmed |
/// | decimal | as a whole number and, unless it is 0, a power of ten: `125e-1`, whatever the field's scale |
/// | integer, boolean | as documents write them |
/// | time | microseconds since 1970 |
/// | day | as documents write it, such as `1990-01-31` |
///
/// Every text is in NFC. "Trimmed" takes away white space at both ends.
#[derive(Debug, Clone, Copy)]
pub struct NormalForm<'a>(
    /// The kind of the field.
    pub &'a FieldKind,
    /// Its value.
    pub ValueRef<'a>,
);

impl fmt::Display for NormalForm<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(kind, value) = *self;
        match value {
            ValueRef::Text(text) | ValueRef::Label { text, .. } => {
                if is_nfc(text) {
                    write_text(out, kind, text)
                } else {
                    write_text(out, kind, &text.nfc().collect::<String>())
                }
            }
            ValueRef::Integer(integer) => write!(out, "{integer}"),
            ValueRef::Decimal(units) => write_decimal(out, kind, units),
            ValueRef::Boolean(boolean) => write!(out, "{boolean}"),
            ValueRef::Timestamp(at) => write!(out, "{}", at.0),
            ValueRef::Date(date) => write!(out, "{date}"),
        }
    }
}

fn write_text(out: &mut fmt::Formatter<'_>, kind: &FieldKind, text: &str) -> fmt::Result {
    let text = text.trim();
    match kind {
        FieldKind::Email => lower(out, text),
        FieldKind::Phone => {
            let digits = text.chars().filter(char::is_ascii_digit);
            if text.starts_with('+') {
                out.write_char('+')?;
            }
            digits
                .into_iter()
                .try_for_each(|digit| out.write_char(digit))
        }
        FieldKind::Country | FieldKind::Region => upper(out, text.chars()),
        FieldKind::PostalCode => {
            let is_blank = |mark: char| mark.is_whitespace() || mark == '-';
            upper(out, text.chars().filter(|mark| !is_blank(*mark)))
        }
        FieldKind::Url => {
            let scheme = text.find("://").map_or(0, |at| at + 3);
            let host = text[scheme..].find(['/', '?', '#']);
            let (host, path) = text.split_at(host.map_or(text.len(), |at| scheme + at));
            lower(out, host)?;
            out.write_str(path)
        }
        FieldKind::Enum { .. }
        | FieldKind::Text { .. }
        | FieldKind::Ip
        | FieldKind::Integer { .. }
        | FieldKind::Decimal { .. }
        | FieldKind::Boolean
        | FieldKind::Timestamp
        | FieldKind::Date => out.write_str(text),
    }
}

fn lower(out: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    let letters = text.chars().flat_map(char::to_lowercase);
    letters
        .into_iter()
        .try_for_each(|letter| out.write_char(letter))
}

fn upper(out: &mut fmt::Formatter<'_>, letters: impl Iterator<Item = char>) -> fmt::Result {
    letters
        .flat_map(char::to_uppercase)
        .try_for_each(|letter| out.write_char(letter))
}

fn write_decimal(out: &mut fmt::Formatter<'_>, kind: &FieldKind, units: i64) -> fmt::Result {
    let mut scale = match kind {
        FieldKind::Decimal { scale } => *scale,
        _ => 0,
    };
    let mut units = units;
    while scale > 0 && units % 10 == 0 {
        (units, scale) = (units / 10, scale - 1);
    }
    match scale {
        0 => write!(out, "{units}"),
        scale => write!(out, "{units}e-{scale}"),
    }
}

#[cfg(test)]
mod tests {
    use super::NormalForm;
    use crate::{FieldKind, Timestamp, ValueRef};

    fn all(kind: &FieldKind, spellings: &[&str]) -> Vec<String> {
        let mut forms: Vec<String> = spellings
            .iter()
            .map(|text| NormalForm(kind, ValueRef::Text(text)).to_string())
            .collect();
        forms.dedup();
        forms
    }

    #[test]
    fn all_spellings_of_a_value_have_one_normal_form() {
        let text = FieldKind::Text {
            max_chars: 256,
            multiline: false,
        };
        let cases: [(&FieldKind, &[&str], &str); 9] = [
            (
                &FieldKind::Email,
                &[
                    "Person7@X.Example",
                    "person7@x.example",
                    " person7@x.example ",
                ],
                "person7@x.example",
            ),
            (
                &FieldKind::Email,
                &["JO\u{308}RG@x.example", "jörg@x.example"],
                "jörg@x.example",
            ),
            (
                &FieldKind::Phone,
                &["+1 202-555-0143", "+12025550143", "+1 (202) 555.0143"],
                "+12025550143",
            ),
            (
                &FieldKind::PostalCode,
                &["k1a 0b1", "K1A0B1", "K1A-0B1"],
                "K1A0B1",
            ),
            (&FieldKind::Region, &["ca", "CA "], "CA"),
            (
                &FieldKind::Url,
                &["HTTPS://Example.com/Quote?A", "https://example.com/Quote?A"],
                "https://example.com/Quote?A",
            ),
            (
                &FieldKind::Url,
                &["https://Example.com"],
                "https://example.com",
            ),
            (&text, &["Ada ", "\tAda", "Ada"], "Ada"),
            (&text, &["o\u{308}", "ö"], "ö"),
        ];
        for (kind, spellings, form) in cases {
            assert_eq!(all(kind, spellings), [form], "{spellings:?}");
        }
    }

    #[test]
    fn what_differs_keeps_different_normal_forms() {
        let text = FieldKind::Text {
            max_chars: 256,
            multiline: false,
        };
        assert_eq!(all(&text, &["Ada", "ada", "A da"]).len(), 3);
        assert_eq!(
            all(
                &FieldKind::Url,
                &["https://x.example/a", "https://x.example/A"]
            )
            .len(),
            2
        );
    }

    #[test]
    fn a_number_does_not_depend_on_the_scale_of_its_field() {
        let decimal = |scale, units| {
            NormalForm(&FieldKind::Decimal { scale }, ValueRef::Decimal(units)).to_string()
        };
        assert_eq!(decimal(2, 1_250), "125e-1");
        assert_eq!(decimal(4, 125_000), "125e-1");
        assert_eq!(decimal(2, -1_200), "-12");
        assert_eq!(decimal(9, 0), "0");
        let value = ValueRef::Timestamp(Timestamp(-5));
        assert_eq!(NormalForm(&FieldKind::Timestamp, value).to_string(), "-5");
        let value = ValueRef::Boolean(true);
        assert_eq!(NormalForm(&FieldKind::Boolean, value).to_string(), "true");
    }
}
