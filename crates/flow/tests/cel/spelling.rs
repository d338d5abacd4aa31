//! How random predicates are written: plainly, or in one of the many ways that mean the same.

use jiff::Timestamp;

use crate::tree::{COMPARISONS, Field, Literal, START, Subject, Tree, ZONES};

/// How a tree is written: as the `cel` crate takes it, or in one of the many ways that we do.
pub(crate) enum Spelling {
    /// Times are integers, parts of them fields, and all fields those of `lead`.
    Plain,
    /// By the digits of a random number.
    Any(u64),
}

impl Tree {
    /// The text of this tree, with brackets only where CEL's precedence needs them.
    pub(crate) fn text(&self, spelling: &mut Spelling) -> String {
        self.at(0, spelling)
    }

    /// The text as a part of something that binds this closely: `||` 0, `&&` 1, a comparison 2, `!` 3.
    fn at(&self, level: u8, spelling: &mut Spelling) -> String {
        let (own, text) = match self {
            Self::Constant(constant) => (3, constant.to_string()),
            Self::Owns => (3, spelling.field(Field::Owns)),
            Self::Has(field) => (3, format!("has({})", spelling.field(*field))),
            Self::StartsWith(prefix) => {
                let (state, prefix) = (spelling.field(Field::State), spelling.quoted(prefix));
                (
                    3,
                    match spelling.pick(2) {
                        1 => format!("startsWith({state}, {prefix})"),
                        _ => format!("{state}.startsWith({prefix})"),
                    },
                )
            }
            Self::Compare(subject, comparison, literal) => {
                let (subject, literal) = (spelling.subject(*subject), spelling.literal(literal));
                (
                    2,
                    match spelling.pick(3) {
                        1 => {
                            let flipped = ["==", "!=", ">", ">=", "<", "<="][*comparison];
                            format!("{literal} {flipped} {subject}")
                        }
                        2 => format!("({subject}){}{literal}", COMPARISONS[*comparison]),
                        _ => format!("{subject} {} {literal}", COMPARISONS[*comparison]),
                    },
                )
            }
            Self::In(subject, literals) => {
                let subject = spelling.subject(*subject);
                let mut literals: Vec<_> = literals.iter().map(|it| spelling.literal(it)).collect();
                if spelling.pick(3) == 1 && !literals.is_empty() {
                    literals.push(String::new());
                }
                (2, format!("{subject} in [{}]", literals.join(", ")))
            }
            Self::Not(inner) => (3, format!("!{}", inner.at(3, spelling))),
            Self::All(parts) => {
                let parts: Vec<_> = parts.iter().map(|part| part.at(2, spelling)).collect();
                (1, parts.join(" && "))
            }
            Self::Any(parts) => {
                let parts: Vec<_> = parts.iter().map(|part| part.at(1, spelling)).collect();
                (0, parts.join(" || "))
            }
            Self::Is(inner, constant, equal) => {
                let operator = if *equal { "==" } else { "!=" };
                (
                    2,
                    format!("{} {operator} {constant}", inner.at(2, spelling)),
                )
            }
        };
        match spelling.pick(12) {
            _ if own < level => format!("({text})"),
            1 => format!("( {text})"),
            2 if own < 2 => format!("{text} // and so on\n"),
            _ => text,
        }
    }
}

impl Spelling {
    /// One of `n` ways; 0 if it is plain.
    fn pick(&mut self, n: u64) -> u64 {
        match self {
            Self::Plain => 0,
            Self::Any(seed) => {
                *seed = seed
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                (*seed >> 33) % n
            }
        }
    }

    fn field(&mut self, field: Field) -> String {
        let name = field.name();
        let plain = matches!(self, Self::Plain);
        match self.pick(4) {
            _ if plain => format!("lead.{name}"),
            1 => format!("lead.{name}"),
            2 => format!("lead.`{name}`"),
            _ => name.to_owned(),
        }
    }

    fn subject(&mut self, subject: Subject) -> String {
        let (zone, words) = match subject {
            Subject::Field(field) => return self.field(field),
            Subject::Hour(zone) => (zone, ["hour", "getHours"]),
            Subject::Weekday(zone) => (zone, ["weekday", "weekday"]),
            Subject::Day(zone) => (zone, ["getDayOfWeek", "getDayOfWeek"]),
        };
        if let Self::Plain = self {
            return format!("lead.{}_{zone}", words[0]);
        }
        let word = words[usize::from(self.pick(2) == 1)];
        let (seen, zone) = (self.field(Field::Seen), self.quoted(ZONES[zone]));
        if word.starts_with("get") {
            format!("{seen}.{word}({zone})")
        } else {
            format!("{word}({seen}, {zone})")
        }
    }

    fn literal(&mut self, literal: &Literal) -> String {
        match literal {
            Literal::Boolean(value) => value.to_string(),
            Literal::Integer(value) => match self.pick(4) {
                1 if *value >= 0 => format!("{value:#x}"),
                1 => format!("-{:#x}", value.unsigned_abs()),
                2 => format!("({value})"),
                _ => value.to_string(),
            },
            Literal::Decimal(thousandths) => {
                let sign = if *thousandths < 0 { "-" } else { "" };
                let (whole, fraction) = (thousandths.abs() / 1_000, thousandths.abs() % 1_000);
                match self.pick(3) {
                    1 if whole == 0 => format!("{sign}.{fraction:03}"),
                    2 if fraction % 100 == 0 => format!("{sign}{whole}.{}", fraction / 100),
                    _ => format!("{sign}{whole}.{fraction:03}"),
                }
            }
            Literal::Text(text) => self.quoted(text),
            Literal::Time(hours) => {
                let micros = START + hours * 3_600_000_000;
                if let Self::Plain = self {
                    return micros.to_string();
                }
                let time = |micros| Timestamp::from_microsecond(micros).unwrap();
                match self.pick(4) {
                    1 => format!("timestamp('{}') + duration('{hours}h')", time(START)),
                    2 => format!(
                        "timestamp('{}') - duration('90m')",
                        time(micros + 5_400_000_000)
                    ),
                    3 => format!("timestamp({})", micros / 1_000_000),
                    _ => format!("timestamp(\"{}\")", time(micros)),
                }
            }
        }
    }

    fn quoted(&mut self, text: &str) -> String {
        let escaped = |letter: char| format!("\\u{:04x}", u32::from(letter));
        match self.pick(6) {
            1 => format!("'{text}'"),
            2 => format!("r\"{text}\""),
            3 => format!("\"\"\"{text}\"\"\""),
            4 => format!("R'''{text}'''"),
            5 => format!("\"{}\"", text.chars().map(escaped).collect::<String>()),
            _ => format!("\"{text}\""),
        }
    }
}
