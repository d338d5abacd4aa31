//! The first lead schema and flow of a foreign log: what was done, as draws by the observed shares.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use toml::Value;

use super::{
    Looked, guesses,
    profile::{Profile, share},
    scenario::comment,
    words::{self, Language, Role},
};

/// Name of the flow's file.
pub(super) const NAME: &str = "flow.toml";
/// Name of the schema's file.
pub(super) const SCHEMA_NAME: &str = "schema.toml";
/// Destinations of the flow at most, the most frequent ones.
const DESTINATIONS_MAX: usize = 60;
/// Values of a field that get a split of their own at most.
const CASES_MAX: usize = 8;
/// Rows that a value must have for that.
const ROWS_MIN: u64 = 50;
/// Share of what is not known about the destination that a field must take away to be worth a switch.
const TOLD_MIN: f64 = 0.1;
/// Parts in a million.
const MILLION: u64 = 1_000_000;
/// Names that every schema starts with.
const ALWAYS: [&str; 3] = ["received_at", "is_test", "source"];

/// The destinations of the log with their names in flows and their rows, the most frequent first.
pub(super) fn destinations(looked: &Looked) -> Vec<(String, String, u64)> {
    let mut used: BTreeSet<String> = ["start", "by-field", "usual"].map(str::to_owned).into();
    let ranked = looked.joint.ranked().into_iter().take(DESTINATIONS_MAX);
    ranked
        .map(|(log, n)| {
            let name = unique(&words::slug(log, "-", "buyer"), "-", &mut used);
            (log.to_owned(), name, n)
        })
        .collect()
}

/// The name of a column as a field.
pub(super) fn field_name(profiles: &[Profile], fields: &[usize], column: usize) -> String {
    let mut used: BTreeSet<String> = ALWAYS.map(str::to_owned).into();
    let mut name = String::new();
    for field in fields {
        name = unique(
            &words::slug(&profiles[*field].name, "_", "field"),
            "_",
            &mut used,
        );
        if *field == column {
            break;
        }
    }
    name
}

fn unique(name: &str, sign: &str, used: &mut BTreeSet<String>) -> String {
    let mut found = name.to_owned();
    let mut n = 2;
    while !used.insert(found.clone()) {
        found = format!("{name}{sign}{n}");
        n += 1;
    }
    found
}

/// The vertical: the name of the file.
fn vertical(looked: &Looked) -> String {
    let name = looked
        .path
        .rsplit(['/', '\\'])
        .find(|part| !part.is_empty());
    let stem = name.unwrap_or("log").split('.').next().unwrap_or("log");
    words::slug(stem, "-", "log")
}

/// The lead schema.
pub(super) fn schema(looked: &Looked) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = write_schema(looked, &mut text);
    text
}

fn write_schema(looked: &Looked, text: &mut String) -> std::fmt::Result {
    comment(
        text,
        "The fields of a lead, as the values of the log look. A text may become an enum with `labels`, a country, a region or a postal_code; see the docs on the flow language.",
    )?;
    writeln!(text, "vertical = {}", Value::from(vertical(looked)))?;
    if looked.fields.is_empty() {
        return writeln!(text, "fields = []");
    }
    for column in &looked.fields {
        let profile = &looked.profiles[*column];
        writeln!(text)?;
        comment(
            text,
            &format!(
                "`{}`: {} values, {:.0} % missing",
                profile.name,
                profile.n_distinct(),
                100.0 * profile.missing()
            ),
        )?;
        writeln!(text, "[[fields]]")?;
        writeln!(text, "name = {}", Value::from(looked.field_name(*column)))?;
        writeln!(text, "{}", kind(profile))?;
    }
    Ok(())
}

/// The kind of a field, as lines of TOML.
fn kind(profile: &Profile) -> String {
    let seen = profile.seen;
    if profile.n_known == seen.truth {
        return "kind = \"boolean\"".to_owned();
    }
    let n_of_sense = profile.n_known - profile.weak_nulls.values().sum::<u64>();
    let is_all = |n: u64| n == n_of_sense && seen.zeros == 0;
    if is_all(seen.integer) && seen.scientific == 0 {
        return "kind = \"integer\"".to_owned();
    }
    if is_all(seen.point.max(seen.comma)) && seen.scientific == 0 {
        let digits = |text: &String| {
            let fraction = text.rsplit(['.', ',']).next().unwrap_or_default();
            fraction.bytes().filter(u8::is_ascii_digit).count()
        };
        let scale = profile
            .counts
            .keys()
            .map(digits)
            .max()
            .unwrap_or(2)
            .clamp(2, 9);
        return format!("kind = \"decimal\"\nscale = {scale}");
    }
    "kind = \"text\"\nmax_chars = 1024".to_owned()
}

/// The flow.
pub(super) fn flow(looked: &Looked) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = write_flow(looked, &mut text);
    text
}

fn write_flow(looked: &Looked, text: &mut String) -> std::fmt::Result {
    let named = destinations(looked);
    let names: BTreeMap<&str, &str> = named
        .iter()
        .map(|(log, name, _)| (log.as_str(), name.as_str()))
        .collect();
    comment(
        text,
        "What was done at the time, as far as the log tells: each destination gets its observed share of the leads, drawn by chance. Change shares and rules into what you want to know about, and replay.",
    )?;
    let n_all = looked.joint.destinations.len();
    if n_all > named.len() {
        comment(
            text,
            &format!(
                "Of {n_all} destinations only the {} most frequent are here.",
                named.len()
            ),
        )?;
    }
    let vertical = vertical(looked);
    writeln!(
        text,
        "flow = {}",
        Value::from(format!("{vertical}-as-logged"))
    )?;
    writeln!(text, "vertical = {}", Value::from(vertical))?;
    comment(
        text,
        "The currency of bids and floors; a replay counts in the unit of the scenario.",
    )?;
    writeln!(text, "currency = {}", Value::from(currency(looked)))?;
    writeln!(text, "root = \"start\"\n")?;
    let usual: BTreeMap<&str, u64> = named.iter().map(|(log, _, n)| (log.as_str(), *n)).collect();
    match switched(looked) {
        None => split(text, "start", &usual, &names)?,
        Some((field, cases)) => {
            comment(
                text,
                "This field tells most about who got a lead; each of its frequent values has shares of its own.",
            )?;
            writeln!(
                text,
                "[nodes.start]\nkind = \"switch\"\non = {}\notherwise = \"usual\"",
                Value::from(field)
            )?;
            for (position, (value, _)) in cases.iter().enumerate() {
                writeln!(
                    text,
                    "[[nodes.start.cases]]\nin = [{}]\nto = \"case-{}\"",
                    Value::from(*value),
                    position + 1
                )?;
            }
            writeln!(text)?;
            for (position, (value, shares)) in cases.iter().enumerate() {
                comment(text, &format!("{value}:"))?;
                split(text, &format!("case-{}", position + 1), shares, &names)?;
            }
            comment(text, "All other leads:")?;
            split(text, "usual", &usual, &names)?;
        }
    }
    for (log, name, n) in &named {
        let rows = format!("{log}: {n} of {} rows", looked.joint.n_rows);
        destination(text, name, &rows)?;
    }
    Ok(())
}

fn destination(text: &mut String, name: &str, rows: &str) -> std::fmt::Result {
    writeln!(text)?;
    comment(text, rows)?;
    let key = guesses::key(name);
    writeln!(text, "[nodes.{key}]\nkind = \"destination\"")
}

/// A split by rows.
fn split(
    text: &mut String,
    node: &str,
    rows: &BTreeMap<&str, u64>,
    names: &BTreeMap<&str, &str>,
) -> std::fmt::Result {
    let known: Vec<(&str, u64)> = rows
        .iter()
        .filter_map(|(log, n)| Some((*names.get(log)?, *n)))
        .collect();
    writeln!(text, "[nodes.{node}]\nkind = \"split\"")?;
    writeln!(text, "arms = [")?;
    for ((name, _), weight) in known.iter().zip(weights(&known)) {
        writeln!(
            text,
            "  {{ weight_ppm = {weight}, to = {} }},",
            Value::from(*name)
        )?;
    }
    writeln!(text, "]\n")
}

/// Parts in a million that add up, each at least one.
fn weights(rows: &[(&str, u64)]) -> Vec<u64> {
    let all: u64 = rows.iter().map(|(_, n)| n).sum();
    let mut weights: Vec<u64> = rows
        .iter()
        .map(|(_, n)| (n * MILLION / all.max(1)).max(1))
        .collect();
    let sum: u64 = weights.iter().sum();
    // What rounding left over, or took, is of the largest.
    if let Some(largest) = weights.iter_mut().max() {
        *largest = (*largest + MILLION).saturating_sub(sum);
    }
    weights
}

/// A value, and how many leads with it went to each destination.
type Case<'a> = (&'a str, BTreeMap<&'a str, u64>);

/// The field that tells most about who got a lead, with the shares of its frequent values; none if no field tells much.
fn switched(looked: &Looked) -> Option<(String, Vec<Case<'_>>)> {
    let source = looked.roles.column(Role::Source);
    let columns = looked.fields.iter().copied().chain(source);
    let is_text = |column: &usize| {
        let profile = &looked.profiles[*column];
        Some(*column) == source || kind(profile).contains("\"text\"")
    };
    let told = columns
        .filter(is_text)
        .map(|column| (told(looked, column), column));
    let (told, column) = told.max_by(|(a, _), (b, _)| a.total_cmp(b))?;
    if told < TOLD_MIN {
        return None;
    }
    let field = if Some(column) == source {
        "source".to_owned()
    } else {
        looked.field_name(column)
    };
    let values = looked.joint.fields.get(&column)?;
    let mut ranked: Vec<(u64, &str, BTreeMap<&str, u64>)> = values
        .iter()
        .map(|(value, destinations)| {
            let shares: BTreeMap<&str, u64> = destinations
                .iter()
                .map(|(to, n)| (to.as_str(), *n))
                .collect();
            (shares.values().sum(), value.as_str(), shares)
        })
        .filter(|(n, ..)| *n >= ROWS_MIN)
        .collect();
    ranked.sort_by(|(n, a, _), (m, b, _)| m.cmp(n).then(a.cmp(b)));
    let cases: Vec<(&str, BTreeMap<&str, u64>)> = ranked
        .into_iter()
        .take(CASES_MAX)
        .map(|(_, value, shares)| (value, shares))
        .collect();
    (!cases.is_empty()).then_some((field, cases))
}

/// The share of what is not known about the destination that a column takes away, less what chance would: in [0, 1].
fn told(looked: &Looked, column: usize) -> f64 {
    let Some(values) = looked.joint.fields.get(&column) else {
        return 0.0;
    };
    let n = looked.joint.n_rows - looked.joint.n_nobody;
    let all = entropy(looked.joint.destinations.values().copied(), n);
    if all <= 0.0 {
        return 0.0;
    }
    let mut left = 0.0;
    let mut counted = 0;
    for destinations in values.values() {
        let of_value: u64 = destinations.values().sum();
        counted += of_value;
        left += share(of_value, n) * entropy(destinations.values().copied(), of_value);
    }
    left += share(n.saturating_sub(counted), n) * all;
    let cells =
        (values.len().saturating_sub(1) * looked.joint.destinations.len().saturating_sub(1)) as u64;
    (all - left - share(cells, 2 * n)) / all
}

/// In nats.
fn entropy(counts: impl Iterator<Item = u64>, of: u64) -> f64 {
    counts
        .filter(|count| *count > 0)
        .map(|count| share(count, of))
        .map(|p| -p * p.ln())
        .sum()
}

fn currency(looked: &Looked) -> String {
    let (unit, _) = guesses::unit(looked);
    let is_code = unit.len() == 3 && unit.bytes().all(|byte| byte.is_ascii_uppercase());
    if is_code {
        return unit;
    }
    match looked.language {
        Language::English => "USD",
        Language::Portuguese => "BRL",
        Language::German | Language::Spanish | Language::French => "EUR",
    }
    .to_owned()
}
