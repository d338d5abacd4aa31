//! What a flow is to be, before it is built or written.

use proptest::prelude::*;

pub(crate) const DESTINATIONS: [&str; 4] = ["acme", "birch", "cedar", "delta"];

/// The zone that rules ask for.
pub(crate) const ZONE: &str = "America/New_York";

/// The hour from which moments are counted: the morning before a change of clocks in New York.
pub(crate) const START: i64 = 1_772_925_600_000_000;

/// The steps of a flow; each leads to steps before it.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) points: Vec<(Ask, i64)>,
    pub(crate) steps: Vec<Step>,
    pub(crate) max_sold: u8,
    pub(crate) title: Option<String>,
}

/// What a predicate asks.
#[derive(Debug, Clone)]
pub(crate) enum Ask {
    Age(Test, i64),
    AgeWithin(i64, i64),
    /// In hundredths.
    Rate(Test, i64),
    CreditIn(Vec<usize>),
    CreditIsNot(usize),
    Company(&'static str),
    CompanyStarts(&'static str),
    HasCompany,
    Owns(bool),
    /// In hours after [`START`].
    Since(Test, i64),
    Hour(Test, i64),
    Score(Test, i64),
    Burden(Test, i64),
    Not(Box<Ask>),
    All(Box<[Ask; 2]>),
    Any(Box<[Ask; 2]>),
}

/// A comparison.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Test {
    Is,
    AtLeast,
    AtMost,
    Above,
    Below,
}

/// Where a port leads.
#[derive(Debug, Clone, Copy)]
pub(crate) enum To {
    Step(usize),
    Destination(usize),
    Reject,
}

/// A row of a table: credit, age, company, predicate, port.
pub(crate) type Row = (CreditCell, AgeCell, CompanyCell, Option<Ask>, To);

#[derive(Debug, Clone)]
pub(crate) enum CreditCell {
    Any,
    Missing,
    OneOf(Vec<usize>),
    NoneOf(Vec<usize>),
}

#[derive(Debug, Clone)]
pub(crate) enum AgeCell {
    Any,
    From(i64),
    To(i64),
    Within(i64, i64),
}

#[derive(Debug, Clone)]
pub(crate) enum CompanyCell {
    Any,
    Starts(Vec<&'static str>),
}

#[derive(Debug, Clone)]
pub(crate) enum Step {
    When(Ask, To, To),
    /// Ages ten apart, each with its port.
    Switch(Vec<To>, To),
    Table(Vec<Row>, To),
    Split(Vec<(u32, To)>, bool),
    Bandit(Vec<To>, u32, bool),
    Rotate(Vec<To>),
    /// Leads a day and a month.
    Deficit(Vec<(u32, u32, To)>),
    /// Destination and penalty.
    Auction(Vec<(usize, u32)>, Option<i64>),
    Waterfall(Vec<To>),
}

fn ask() -> impl Strategy<Value = Ask> {
    let test = || {
        prop::sample::select(vec![
            Test::Is,
            Test::AtLeast,
            Test::AtMost,
            Test::Above,
            Test::Below,
        ])
    };
    let text = || {
        prop::sample::select(vec![
            "",
            "acme",
            "Caf\u{e9}",
            "Cafe\u{301}",
            "a \"b\" \\ c",
            "\u{10348}",
        ])
    };
    let leaf = prop_oneof![
        (test(), 0..60_i64).prop_map(|(test, age)| Ask::Age(test, age)),
        (0..60_i64, 1..20_i64).prop_map(|(from, n)| Ask::AgeWithin(from, from + n)),
        (test(), -300..300_i64).prop_map(|(test, rate)| Ask::Rate(test, rate)),
        prop::collection::vec(0..3_usize, 1..4).prop_map(Ask::CreditIn),
        (0..3_usize).prop_map(Ask::CreditIsNot),
        text().prop_map(Ask::Company),
        text().prop_map(Ask::CompanyStarts),
        Just(Ask::HasCompany),
        any::<bool>().prop_map(Ask::Owns),
        (test(), 0..96_i64).prop_map(|(test, hours)| Ask::Since(test, hours)),
        (test(), 0..24_i64).prop_map(|(test, hour)| Ask::Hour(test, hour)),
        (test(), -9..9_i64).prop_map(|(test, score)| Ask::Score(test, score)),
        (test(), -9..200_i64).prop_map(|(test, burden)| Ask::Burden(test, burden)),
    ];
    leaf.prop_recursive(3, 8, 2, |inner| {
        prop_oneof![
            inner.clone().prop_map(|inner| Ask::Not(Box::new(inner))),
            [inner.clone(), inner.clone()].prop_map(|both| Ask::All(Box::new(both))),
            [inner.clone(), inner].prop_map(|either| Ask::Any(Box::new(either))),
        ]
    })
}

/// Whether a predicate reads a scorecard or derived value.
fn is_of_fields(ask: &Ask) -> bool {
    match ask {
        Ask::Score(..) | Ask::Burden(..) => false,
        Ask::Not(inner) => is_of_fields(inner),
        Ask::All(parts) | Ask::Any(parts) => parts.iter().all(is_of_fields),
        _ => true,
    }
}

fn to() -> impl Strategy<Value = To> {
    prop_oneof![
        4 => (0..64_usize).prop_map(To::Step),
        4 => (0..DESTINATIONS.len()).prop_map(To::Destination),
        1 => Just(To::Reject),
    ]
}

fn row() -> impl Strategy<Value = Row> {
    let labels = || prop::collection::vec(0..3_usize, 1..3);
    let credit = prop_oneof![
        Just(CreditCell::Any),
        Just(CreditCell::Missing),
        labels().prop_map(CreditCell::OneOf),
        labels().prop_map(CreditCell::NoneOf),
    ];
    let age = prop_oneof![
        Just(AgeCell::Any),
        (1..60_i64).prop_map(AgeCell::From),
        (1..60_i64).prop_map(AgeCell::To),
        (0..60_i64, 1..20_i64).prop_map(|(from, n)| AgeCell::Within(from, from + n)),
    ];
    let starts = prop::collection::vec(prop::sample::select(vec!["a", "Caf", "Cafe\u{301}"]), 1..3);
    let company =
        prop_oneof![2 => Just(CompanyCell::Any), 1 => starts.prop_map(CompanyCell::Starts)];
    (
        credit,
        age,
        company,
        prop::option::weighted(0.3, ask()),
        to(),
    )
}

fn step() -> impl Strategy<Value = Step> {
    let ports = || prop::collection::vec(to(), 1..4);
    let bidders = prop::collection::btree_map(0..DESTINATIONS.len(), 0..1_000_000_u32, 1..4);
    let reserve = prop::option::of(0..30_000_000_i64);
    prop_oneof![
        2 => (ask(), to(), to()).prop_map(|(ask, then, otherwise)| Step::When(ask, then, otherwise)),
        1 => (ports(), to()).prop_map(|(cases, otherwise)| Step::Switch(cases, otherwise)),
        2 => (prop::collection::vec(row(), 1..4), to()).prop_map(|(rows, otherwise)| Step::Table(rows, otherwise)),
        1 => (prop::collection::vec((1..1_000_u32, to()), 1..4), any::<bool>()).prop_map(|(arms, sticky)| Step::Split(arms, sticky)),
        1 => (ports(), 1_000..100_000_u32, any::<bool>()).prop_map(|(arms, explore, apart)| Step::Bandit(arms, explore, apart)),
        1 => ports().prop_map(Step::Rotate),
        1 => prop::collection::vec((1..50_u32, 50..900_u32, to()), 1..4).prop_map(Step::Deficit),
        1 => (bidders, reserve).prop_map(|(bidders, reserve)| Step::Auction(bidders.into_iter().collect(), reserve)),
        1 => ports().prop_map(Step::Waterfall),
    ]
}

/// Any flow of a few steps.
pub(crate) fn any_plan() -> impl Strategy<Value = Plan> {
    let points = (
        ask().prop_filter("a scorecard reads fields here", is_of_fields),
        -9..9_i64,
    );
    (
        prop::collection::vec(points, 1..4),
        prop::collection::vec(step(), 1..6),
        1..17_u8,
        prop::option::of("\\PC{0,12}"),
    )
        .prop_map(|(points, steps, max_sold, title)| Plan {
            points,
            steps,
            max_sold,
            title,
        })
}

impl To {
    /// The step that it means, seen from the step at a position; else a leaf.
    pub(crate) fn seen_from(self, at: usize) -> Self {
        match self {
            Self::Step(step) if at > 0 => Self::Step(step % at),
            Self::Step(step) => Self::Destination(step % DESTINATIONS.len()),
            leaf => leaf,
        }
    }
}

/// Shares as parts of a million; the last one gets what is left.
pub(crate) fn whole(arms: &[(u32, To)]) -> Vec<u32> {
    let sum: u32 = arms.iter().map(|(share, _)| share).sum();
    let shares = arms.iter().map(|(share, _)| share * 1_000 / sum * 1_000);
    let mut weights: Vec<u32> = shares.collect();
    let missing = 1_000_000 - weights.iter().sum::<u32>();
    *weights.last_mut().unwrap() += missing;
    weights
}
