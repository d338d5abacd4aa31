//! Who the leads are: what decides about them, how often that occurs, and the rest of the form.

use std::fmt;

use serde_json::{Map, Value};

use super::chance::{Purpose, below, hit, stream, unit};

/// A source of leads: name, share of all leads, and how good they are; 1 is usual.
pub(crate) struct Source {
    pub(crate) name: &'static str,
    pub(crate) share: f64,
    pub(crate) quality: f64,
}

const fn source(name: &'static str, share: f64, quality: f64) -> Source {
    Source {
        name,
        share,
        quality,
    }
}

/// The sources of every world.
pub(crate) const SOURCES: [Source; 6] = [
    source("search-brand", 0.12, 1.4),
    source("search-generic", 0.26, 1.15),
    source("content-review", 0.20, 1.0),
    source("social-video", 0.22, 0.8),
    source("email-partner", 0.12, 0.6),
    source("popunder", 0.08, 0.4),
];

/// Share in percent, then code and the first three digits of a postal code there.
///
/// The first fifteen shares are those of 10,000 online loan borrowers; the rest share what is left.
///
/// # Source
///
/// `loans_full_schema` of the R package *openintro*.
pub(crate) const STATES: [(f64, &str, &str); 51] = [
    (13.3, "CA", "900"),
    (8.06, "TX", "750"),
    (7.93, "NY", "100"),
    (7.32, "FL", "331"),
    (3.82, "IL", "606"),
    (3.38, "NJ", "070"),
    (3.38, "OH", "432"),
    (3.34, "GA", "303"),
    (2.99, "NC", "276"),
    (2.98, "PA", "191"),
    (2.61, "VA", "232"),
    (2.55, "AZ", "850"),
    (2.47, "MD", "212"),
    (2.45, "MI", "482"),
    (2.37, "MA", "021"),
    (REST, "AK", "995"),
    (REST, "AL", "352"),
    (REST, "AR", "722"),
    (REST, "CO", "802"),
    (REST, "CT", "061"),
    (REST, "DC", "200"),
    (REST, "DE", "198"),
    (REST, "HI", "968"),
    (REST, "IA", "503"),
    (REST, "ID", "837"),
    (REST, "IN", "462"),
    (REST, "KS", "672"),
    (REST, "KY", "402"),
    (REST, "LA", "701"),
    (REST, "ME", "041"),
    (REST, "MN", "554"),
    (REST, "MO", "631"),
    (REST, "MS", "392"),
    (REST, "MT", "591"),
    (REST, "ND", "581"),
    (REST, "NE", "681"),
    (REST, "NH", "031"),
    (REST, "NM", "871"),
    (REST, "NV", "891"),
    (REST, "OK", "731"),
    (REST, "OR", "972"),
    (REST, "RI", "029"),
    (REST, "SC", "292"),
    (REST, "SD", "571"),
    (REST, "TN", "372"),
    (REST, "UT", "841"),
    (REST, "VT", "054"),
    (REST, "WA", "981"),
    (REST, "WI", "532"),
    (REST, "WV", "253"),
    (REST, "WY", "820"),
];

/// What is left of 100 percent for each of the 36 others.
const REST: f64 = (100.0 - 68.95) / 36.0;

/// How a person pays debts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Credit {
    /// The best quarter.
    Excellent,
    /// The usual.
    Good,
    /// Some trouble.
    Fair,
    /// Much trouble.
    Poor,
}

impl Credit {
    /// All of them, best first.
    pub const ALL: [Self; 4] = [Self::Excellent, Self::Good, Self::Fair, Self::Poor];

    /// The label in lead fields.
    pub fn label(self) -> &'static str {
        match self {
            Self::Excellent => "excellent",
            Self::Good => "good",
            Self::Fair => "fair",
            Self::Poor => "poor",
        }
    }

    fn shares(quality: f64) -> [f64; 4] {
        let better = 0.2 * (quality - 1.0);
        [0.25 + better, 0.35, 0.25, 0.15 - better]
    }

    fn home_owners(self) -> f64 {
        [0.78, 0.68, 0.54, 0.38][self as usize]
    }

    fn insured(self) -> f64 {
        [0.92, 0.86, 0.74, 0.55][self as usize]
    }
}

impl fmt::Display for Credit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.label())
    }
}

/// All that destinations look at: what a lead is worth to them depends on nothing else.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Traits {
    /// Name of the source.
    pub source: &'static str,
    /// How good that source's leads are, 0.4 to 1.4; 1 is usual.
    pub quality: f64,
    /// Two-letter code.
    pub state: &'static str,
    /// How the person pays debts.
    pub credit: Credit,
    /// Whether the person owns a home.
    pub home_owner: bool,
    /// Whether the person has an insurance to leave.
    pub currently_insured: bool,
}

impl Traits {
    /// Those of the lead with this number.
    pub(crate) fn of(seed: u64, number: u64) -> Self {
        let draw = |purpose| unit(&mut stream(seed, purpose, number, 0));
        let source = &SOURCES[hit(draw(Purpose::Source), SOURCES.iter().map(|it| it.share))];
        let shares = STATES.iter().map(|(percent, ..)| percent / 100.0);
        let (_, state, _) = STATES[hit(draw(Purpose::State), shares)];
        let credit = Credit::ALL[hit(draw(Purpose::Credit), Credit::shares(source.quality))];
        Self {
            source: source.name,
            quality: source.quality,
            state,
            credit,
            home_owner: draw(Purpose::HomeOwner) < credit.home_owners(),
            currently_insured: draw(Purpose::Insured) < credit.insured(),
        }
    }

    /// Every combination with its probability; these sum to 1.
    pub fn all() -> impl Iterator<Item = (Self, f64)> {
        let given = |holds: bool, p: f64| if holds { p } else { 1.0 - p };
        SOURCES.iter().flat_map(move |source| {
            let credits = Credit::ALL.into_iter().zip(Credit::shares(source.quality));
            credits.flat_map(move |(credit, p_credit)| {
                STATES.iter().flat_map(move |&(percent, state, _)| {
                    [(true, true), (true, false), (false, true), (false, false)].map(
                        move |(home_owner, currently_insured)| {
                            let traits = Self {
                                source: source.name,
                                quality: source.quality,
                                state,
                                credit,
                                home_owner,
                                currently_insured,
                            };
                            let p = source.share * p_credit * (percent / 100.0);
                            let p = p * given(home_owner, credit.home_owners());
                            (traits, p * given(currently_insured, credit.insured()))
                        },
                    )
                })
            })
        })
    }
}

const FIRST_NAMES: [&str; 24] = [
    "Ana", "Ben", "Carla", "Dev", "Elena", "Frank", "Grace", "Hugo", "Iris", "Jamal", "Kim",
    "Liam", "Maya", "Noah", "Olga", "Priya", "Quinn", "Rosa", "Sam", "Tara", "Umar", "Vera", "Wes",
    "Zoe",
];
const LAST_NAMES: [&str; 24] = [
    "Abbott", "Brooks", "Chen", "Diaz", "Evans", "Foster", "Garcia", "Hughes", "Ito", "Jensen",
    "Khan", "Lopez", "Miller", "Nguyen", "Owens", "Patel", "Quist", "Reyes", "Silva", "Turner",
    "Usman", "Vance", "Walker", "Young",
];

/// The fields of the form: what destinations look at, and the person around it.
pub(crate) fn fields(seed: u64, number: u64, traits: &Traits) -> Map<String, Value> {
    let mut name = stream(seed, Purpose::Name, number, 0);
    let mut pick = |names: &[&'static str; 24]| {
        let position = below(&mut name, 24);
        names[usize::try_from(position).unwrap_or(0)]
    };
    let (first, last) = (pick(&FIRST_NAMES), pick(&LAST_NAMES));
    let mut contact = stream(seed, Purpose::Contact, number, 0);
    // Exchange 555 is unassigned in every area.
    let area = 201 + below(&mut contact, 789);
    let phone = format!("+1{area}555{:04}", below(&mut contact, 10_000));
    let email = format!("{first}.{last}.{number}@example.com").to_lowercase();
    let prefix = STATES.iter().find(|(_, state, _)| *state == traits.state);
    let prefix = prefix.map_or("000", |(.., prefix)| prefix);
    let postal_code = format!("{prefix}{:02}", below(&mut contact, 100));
    let mut fields = Map::new();
    let mut set = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    set("state", traits.state.into());
    set("credit", traits.credit.label().into());
    let mut age = stream(seed, Purpose::Age, number, 0);
    if below(&mut age, 100) >= 15 {
        // The mean of two draws: more in the middle than at the ends.
        set(
            "age",
            (18 + u64::midpoint(below(&mut age, 68), below(&mut age, 68))).into(),
        );
    }
    set("home_owner", traits.home_owner.into());
    set("currently_insured", traits.currently_insured.into());
    set("phone", phone.into());
    set("email", email.into());
    set("first_name", first.into());
    set("last_name", last.into());
    set("postal_code", postal_code.into());
    fields
}
