//! Random predicates as trees of their own: what they mean, and how they may be written.

use jiff::{Timestamp, tz::TimeZone};
use proptest::prelude::*;

/// The zones that are asked for.
pub(crate) const ZONES: [&str; 3] = ["UTC", "America/New_York", "Asia/Kathmandu"];

/// The first of the hours that leads and predicates name, in microseconds.
pub(crate) const START: i64 = 1_772_325_000_000_000;

/// A predicate about the fields of [`Person`].
#[derive(Debug, Clone)]
pub(crate) enum Tree {
    Constant(bool),
    Owns,
    Has(Field),
    StartsWith(String),
    Compare(Subject, usize, Literal),
    In(Subject, Vec<Literal>),
    Not(Box<Tree>),
    All(Vec<Tree>),
    Any(Vec<Tree>),
    /// A test compared with a constant, whether by `==`.
    Is(Box<Tree>, bool, bool),
}

/// A field of a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    Owns,
    Age,
    Price,
    State,
    Seen,
}

/// What a comparison reads.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Subject {
    Field(Field),
    /// In the zone of this position.
    Hour(usize),
    /// 1 for Monday to 7 for Sunday.
    Weekday(usize),
    /// 0 for Sunday to 6 for Saturday.
    Day(usize),
}

/// What a subject is compared with.
#[derive(Debug, Clone)]
pub(crate) enum Literal {
    Boolean(bool),
    Integer(i64),
    /// In thousandths.
    Decimal(i64),
    Text(String),
    /// In hours after [`START`].
    Time(i64),
}

/// The fields of a lead, some of which may be missing.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) owns: Option<bool>,
    pub(crate) age: Option<i64>,
    /// In hundredths.
    pub(crate) price: Option<i64>,
    pub(crate) state: Option<String>,
    /// In microseconds.
    pub(crate) seen: Option<i64>,
}

const COMPARISONS: [&str; 6] = ["==", "!=", "<", "<=", ">", ">="];

impl Field {
    pub(crate) const ALL: [Self; 5] = [Self::Owns, Self::Age, Self::Price, Self::State, Self::Seen];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Owns => "owns",
            Self::Age => "age",
            Self::Price => "price",
            Self::State => "state",
            Self::Seen => "seen",
        }
    }
}

/// Hour, weekday from Monday as 1, and day from Sunday as 0, of a time in a zone.
pub(crate) fn parts(seen: i64, zone: usize) -> [i64; 3] {
    let zone = TimeZone::get(ZONES[zone]).unwrap();
    let local = Timestamp::from_microsecond(seen).unwrap().to_zoned(zone);
    let weekday = local.weekday();
    [
        local.hour().into(),
        weekday.to_monday_one_offset().into(),
        weekday.to_sunday_zero_offset().into(),
    ]
}

impl Person {
    fn has(&self, field: Field) -> bool {
        match field {
            Field::Owns => self.owns.is_some(),
            Field::Age => self.age.is_some(),
            Field::Price => self.price.is_some(),
            Field::State => self.state.is_some(),
            Field::Seen => self.seen.is_some(),
        }
    }

    /// How a subject stands to a literal; none where it is missing.
    fn order(&self, subject: Subject, literal: &Literal) -> Option<std::cmp::Ordering> {
        let part = |zone, which: usize| self.seen.map(|seen| parts(seen, zone)[which]);
        Some(match (subject, literal) {
            (Subject::Field(Field::Owns), Literal::Boolean(value)) => self.owns?.cmp(value),
            (Subject::Field(Field::Age), Literal::Integer(value)) => self.age?.cmp(value),
            (Subject::Field(Field::Price), Literal::Decimal(value)) => {
                (self.price? * 10).cmp(value)
            }
            (Subject::Field(Field::State), Literal::Text(value)) => self.state.as_ref()?.cmp(value),
            (Subject::Field(Field::Seen), Literal::Time(hours)) => {
                self.seen?.cmp(&(START + hours * 3_600_000_000))
            }
            (Subject::Hour(zone), Literal::Integer(value)) => part(zone, 0)?.cmp(value),
            (Subject::Weekday(zone), Literal::Integer(value)) => part(zone, 1)?.cmp(value),
            (Subject::Day(zone), Literal::Integer(value)) => part(zone, 2)?.cmp(value),
            mixed => unreachable!("{mixed:?} is not written"),
        })
    }
}

impl Tree {
    /// Kleene's value; none is unknown.
    pub(crate) fn value(&self, person: &Person) -> Option<bool> {
        match self {
            Self::Constant(constant) => Some(*constant),
            Self::Owns => person.owns,
            Self::Has(field) => Some(person.has(*field)),
            Self::StartsWith(prefix) => Some(person.state.as_ref()?.starts_with(prefix)),
            Self::Compare(subject, comparison, literal) => {
                let order = person.order(*subject, literal)?;
                Some(match COMPARISONS[*comparison] {
                    "==" => order.is_eq(),
                    "!=" => order.is_ne(),
                    "<" => order.is_lt(),
                    "<=" => order.is_le(),
                    ">" => order.is_gt(),
                    _ => order.is_ge(),
                })
            }
            Self::In(subject, literals) => {
                let field = match subject {
                    Subject::Field(field) => *field,
                    _ => Field::Seen,
                };
                let mut literals = literals.iter();
                person.has(field).then(|| {
                    literals.any(|literal| {
                        person
                            .order(*subject, literal)
                            .is_some_and(std::cmp::Ordering::is_eq)
                    })
                })
            }
            Self::Not(inner) => inner.value(person).map(|value| !value),
            Self::All(parts) => {
                let values: Vec<_> = parts.iter().map(|part| part.value(person)).collect();
                if values.contains(&Some(false)) {
                    Some(false)
                } else {
                    values
                        .into_iter()
                        .all(|value| value.is_some())
                        .then_some(true)
                }
            }
            Self::Any(parts) => {
                let values: Vec<_> = parts.iter().map(|part| part.value(person)).collect();
                if values.contains(&Some(true)) {
                    Some(true)
                } else {
                    values
                        .into_iter()
                        .all(|value| value.is_some())
                        .then_some(false)
                }
            }
            Self::Is(inner, constant, equal) => inner
                .value(person)
                .map(|value| (value == *constant) == *equal),
        }
    }

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

/// How a tree is written: as the `cel` crate takes it, or in one of the many ways that we do.
pub(crate) enum Spelling {
    /// Times are integers, parts of them fields, and all fields those of `lead`.
    Plain,
    /// By the digits of a random number.
    Any(u64),
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

const STATES: [&str; 7] = ["C", "CA", "CAL", "TX", "T X", "Qu\u{e9}bec", "Qu"];

fn literal_of(subject: Subject) -> BoxedStrategy<Literal> {
    match subject {
        Subject::Field(Field::Owns) => any::<bool>().prop_map(Literal::Boolean).boxed(),
        Subject::Field(Field::Age) => (-2..6_i64).prop_map(Literal::Integer).boxed(),
        Subject::Field(Field::Price) => (-8..12_i64)
            .prop_map(|half| Literal::Decimal(half * 5))
            .boxed(),
        Subject::Field(Field::State) => {
            prop::sample::select(vec!["", "C", "CA", "TX", "Qu\u{e9}bec"])
                .prop_map(|text| Literal::Text(text.to_owned()))
                .boxed()
        }
        Subject::Field(Field::Seen) => (0..6_i64).prop_map(|days| Literal::Time(days * 24)).boxed(),
        Subject::Hour(_) => (-1..25_i64).prop_map(Literal::Integer).boxed(),
        Subject::Weekday(_) | Subject::Day(_) => (-1..9_i64).prop_map(Literal::Integer).boxed(),
    }
}

fn any_test() -> impl Strategy<Value = Tree> {
    let subject = prop_oneof![
        prop::sample::select(Field::ALL.to_vec()).prop_map(Subject::Field),
        (0..ZONES.len()).prop_map(Subject::Hour),
        (0..ZONES.len()).prop_map(Subject::Weekday),
        (0..ZONES.len()).prop_map(Subject::Day),
    ];
    let compared = subject.prop_flat_map(|subject| {
        let ordered = !matches!(subject, Subject::Field(Field::Owns | Field::State));
        let comparison = 0..if ordered { COMPARISONS.len() } else { 2 };
        let literals = prop::collection::vec(literal_of(subject), 0..4);
        prop_oneof![
            3 => (comparison, literal_of(subject))
                .prop_map(move |(comparison, literal)| Tree::Compare(subject, comparison, literal)),
            1 => literals.prop_map(move |literals| Tree::In(subject, literals)),
        ]
    });
    prop_oneof![
        8 => compared,
        1 => Just(Tree::Owns),
        1 => prop::sample::select(Field::ALL.to_vec()).prop_map(Tree::Has),
        1 => prop::sample::select(STATES.to_vec()).prop_map(|text| Tree::StartsWith(text.to_owned())),
        1 => any::<bool>().prop_map(Tree::Constant),
    ]
}

/// Any predicate.
pub(crate) fn any_tree() -> impl Strategy<Value = Tree> {
    any_test().prop_recursive(4, 24, 3, |inner| {
        let several = prop::collection::vec(inner.clone(), 2..4);
        prop_oneof![
            inner.clone().prop_map(|inner| Tree::Not(Box::new(inner))),
            several.clone().prop_map(Tree::All),
            several.prop_map(Tree::Any),
            (inner, any::<bool>(), any::<bool>()).prop_map(
                |(inner, constant, equal)| match inner {
                    // Two constants are not compared.
                    Tree::Constant(_) => Tree::Not(Box::new(inner)),
                    _ => Tree::Is(Box::new(inner), constant, equal),
                }
            ),
        ]
    })
}

/// Any lead, with all fields or with some.
pub(crate) fn any_person(complete: bool) -> impl Strategy<Value = Person> {
    let some = if complete { 0.99 } else { 0.6 };
    let hours = prop_oneof![(0..24 * 8_i64), (0..8_i64).prop_map(|days| days * 24)];
    (
        prop::option::weighted(some, any::<bool>()),
        prop::option::weighted(some, -2..6_i64),
        prop::option::weighted(some, -4..6_i64),
        prop::option::weighted(some, prop::sample::select(STATES.to_vec())),
        prop::option::weighted(some, hours),
    )
        .prop_map(move |(owns, age, price, state, hours)| Person {
            owns: owns.or(complete.then_some(true)),
            age: age.or(complete.then_some(3)),
            price: price.or(complete.then_some(0)),
            state: state.or(complete.then_some("CA")).map(str::to_owned),
            seen: hours
                .or(complete.then_some(0))
                .map(|hours| START + hours * 3_600_000_000),
        })
}
