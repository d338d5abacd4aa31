//! Where the parameter of a sweep stands in a flow.

use pointsman_flow::{Diagnostic, Document};
use pointsman_lead::{Problem, closest};
use serde_json::Value;

use super::plan::Decimal;

/// All weights of a split.
const WHOLE_PPM: i64 = 1_000_000;
/// Members that a node need not have, with what stands for them.
const OPTIONAL: [(&str, &str); 1] = [("reserve", "0.00")];

/// A number in a flow that can be changed.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    document: Value,
    pointer: String,
    kind: Kind,
    present: Decimal,
}

#[derive(Debug, Clone)]
enum Kind {
    /// A number of its own.
    Number,
    /// A number within a text, between what stands around it.
    Text { before: String, after: String },
    /// A weight among others that sum to the whole: its position, and the arms.
    Weight { position: usize, arms: String },
}

impl Place {
    /// Finds the parameter of a node.
    ///
    /// * `parameter`: the name of a node, a point, and the members on the way to the number, with points between them: `graded.if`,
    ///   `market.reserve`, `either.arms.acme.weight_ppm`, `grid.rows[2].cells[0].from`. `#2` behind it is the second number of a text.
    ///
    /// # Errors
    ///
    /// A node or member that is not there, with what is; a text with no number or several.
    pub(crate) fn find(document: &Document, parameter: &str) -> Result<Self, Problem> {
        let (path, number) = match parameter.rsplit_once('#') {
            Some((path, number)) => match number.parse::<usize>() {
                Ok(number) if number > 0 => (path, Some(number)),
                _ => {
                    return Err(unknown(format!(
                        "`#{number}` does not count a number of a text"
                    )));
                }
            },
            None => (parameter, None),
        };
        let (node, members) = node_of(document, path)?;
        let mut whole = serde_json::to_value(document).unwrap_or_default();
        let escaped = node.replace('~', "~0").replace('/', "~1");
        let mut pointer = format!("/nodes/{escaped}");
        for member in members {
            let at = whole.pointer_mut(&pointer);
            let key = at.and_then(|at| key_of(at, &member));
            let Some(key) = key else {
                return Err(not_there(whole.pointer(&pointer), &member, node));
            };
            pointer = format!("{pointer}/{key}");
        }
        let Some(value) = whole.pointer(&pointer) else {
            return Err(unknown(format!("`{path}` is not there")));
        };
        let (kind, present) = kind_of(value, &pointer, path, number)?;
        Ok(Self {
            document: whole,
            pointer,
            kind,
            present,
        })
    }

    /// The number that stands there.
    pub(crate) fn present(&self) -> Decimal {
        self.present
    }

    /// Digits behind the point that a value there has at least.
    pub(crate) fn scale(&self) -> usize {
        self.present.scale()
    }

    /// The flow with another number there.
    ///
    /// # Errors
    ///
    /// A number that cannot stand there.
    pub(crate) fn with(&self, value: Decimal) -> Result<Document, Vec<Diagnostic>> {
        let mut document = self.document.clone();
        let integer = || {
            value.integer().map(Value::from).ok_or_else(|| {
                let message = format!("{value} is not a whole number");
                vec![Diagnostic::error(
                    "not_whole",
                    pointsman_flow::Place::default(),
                    message,
                )]
            })
        };
        let new = match &self.kind {
            Kind::Number => integer()?,
            Kind::Text { before, after } => format!("{before}{value}{after}").into(),
            Kind::Weight { position, arms } => {
                let weight = integer()?;
                if let Some(Value::Array(arms)) = document.pointer_mut(arms) {
                    share_out(arms, *position, weight.as_i64().unwrap_or_default());
                }
                weight
            }
        };
        if let Some(there) = document.pointer_mut(&self.pointer) {
            *there = new;
        }
        Document::from_json(&document.to_string())
    }
}

/// The node that a path begins with, and the members behind it. Names may have points in them: the longest counts.
fn node_of<'a>(document: &'a Document, path: &str) -> Result<(&'a str, Vec<String>), Problem> {
    let names = document.nodes.keys();
    let behind = |name: &'a String| {
        let rest = path.strip_prefix(name.as_str())?.strip_prefix('.')?;
        Some((name.as_str(), rest))
    };
    let found = names.filter_map(behind).max_by_key(|(name, _)| name.len());
    let Some((node, rest)) = found else {
        let first = path.split('.').next().unwrap_or_default();
        let near = closest(first, document.nodes.keys().map(String::as_str));
        let message = format!("no node of the flow is called as `{path}` begins");
        let problem = Problem::new("sweep_node_unknown", "sweep", message);
        return Err(match near {
            Some(near) if near != first => problem.hint(format!("did you mean `{near}`?")),
            _ => problem.hint("write the name of a node, a point, and the parameter"),
        });
    };
    // The bracket stays: what is in it is a position, and never a name.
    let members = rest.replace('[', ".[").replace(']', "");
    let members = members.split('.').filter(|member| !member.is_empty());
    Ok((node, members.map(str::to_owned).collect()))
}

/// The key of a member: by its name, or an entry of a list by its position, its name or where it leads.
fn key_of(at: &mut Value, member: &str) -> Option<String> {
    match at {
        Value::Object(members) => {
            if !members.contains_key(member) {
                let (_, usual) = OPTIONAL.iter().find(|(name, _)| *name == member)?;
                members.insert(member.to_owned(), (*usual).into());
            }
            Some(member.replace('~', "~0").replace('/', "~1"))
        }
        Value::Array(entries) => {
            let in_range = |text: &str| text.parse().ok().filter(|it: &usize| *it < entries.len());
            if let Some(position) = member.strip_prefix('[') {
                return in_range(position).map(|position| position.to_string());
            }
            let is_called = |key: &str| {
                entries
                    .iter()
                    .position(|entry| entry.get(key).and_then(Value::as_str) == Some(member))
            };
            let position = is_called("name")
                .or_else(|| is_called("to"))
                .or_else(|| in_range(member))?;
            Some(position.to_string())
        }
        _ => None,
    }
}

fn kind_of(
    value: &Value,
    pointer: &str,
    path: &str,
    number: Option<usize>,
) -> Result<(Kind, Decimal), Problem> {
    match value {
        Value::Number(present) => {
            let present = Decimal::parse(&present.to_string());
            let present =
                present.ok_or_else(|| unknown(format!("`{path}` is too large a number")))?;
            let parts: Vec<&str> = pointer.rsplitn(3, '/').collect();
            let weight = match parts.as_slice() {
                ["weight_ppm", position, arms] => {
                    position.parse().ok().map(|position| Kind::Weight {
                        position,
                        arms: (*arms).to_owned(),
                    })
                }
                _ => None,
            };
            Ok((weight.unwrap_or(Kind::Number), present))
        }
        Value::String(text) => in_text(text, path, number),
        other => {
            let what = if other.is_object() || other.is_array() {
                "holds several things"
            } else {
                "is not a number"
            };
            Err(unknown(format!("`{path}` {what}: {other}")))
        }
    }
}

fn in_text(text: &str, path: &str, number: Option<usize>) -> Result<(Kind, Decimal), Problem> {
    let found = numbers_in(text);
    let chosen = match (found.as_slice(), number) {
        ([], _) => return Err(unknown(format!("`{text}` has no number"))),
        ([one], None) => one,
        (several, None) => {
            let message = format!("`{text}` has {} numbers", several.len());
            let problem = Problem::new("sweep_ambiguous", "sweep", message);
            return Err(problem.hint(format!("write {path}#1 for the first of them")));
        }
        (several, Some(number)) => several
            .get(number - 1)
            .ok_or_else(|| unknown(format!("`{text}` has {} numbers", several.len())))?,
    };
    let (start, end, present) = *chosen;
    let kind = Kind::Text {
        before: text[..start].to_owned(),
        after: text[end..].to_owned(),
    };
    Ok((kind, present))
}

/// The numbers of a predicate or an amount with where they stand; those in quotes and in names are none.
fn numbers_in(text: &str) -> Vec<(usize, usize, Decimal)> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let (mut at, mut quote) = (0, None);
    while at < bytes.len() {
        let byte = bytes[at];
        if let Some(open) = quote {
            at += if byte == b'\\' { 2 } else { 1 };
            quote = quote.filter(|_| byte != open);
            continue;
        }
        let is_word = |byte: u8| {
            byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.' || !byte.is_ascii()
        };
        if byte == b'"' || byte == b'\'' {
            quote = Some(byte);
            at += 1;
        } else if is_word(byte) {
            let end = bytes[at..].iter().position(|byte| !is_word(*byte));
            let end = end.map_or(bytes.len(), |length| at + length);
            if let Some(number) = Decimal::parse(&text[at..end]) {
                found.push((at, end, number));
            }
            at = end;
        } else {
            at += 1;
        }
    }
    found
}

/// Gives the other arms what one leaves of the whole, in the proportions that they had, and alike if they had nothing.
fn share_out(arms: &mut [Value], position: usize, weight: i64) {
    let others: Vec<usize> = (0..arms.len()).filter(|arm| *arm != position).collect();
    let had_nothing = others.iter().all(|arm| weight_of(&arms[*arm]) == 0);
    let weight_of = |arm: &Value| if had_nothing { 1 } else { weight_of(arm) };
    let before: i64 = others.iter().map(|arm| weight_of(&arms[*arm])).sum();
    let left = (WHOLE_PPM - weight).max(0);
    let (mut so_far, mut given) = (0, 0);
    for arm in others {
        so_far += weight_of(&arms[arm]);
        // Rounded together, so that they sum to what is left.
        let until = i64::try_from(i128::from(left) * i128::from(so_far) / i128::from(before));
        let until = until.unwrap_or(left);
        arms[arm]["weight_ppm"] = (until - given).into();
        given = until;
    }
}

fn weight_of(arm: &Value) -> i64 {
    arm["weight_ppm"].as_i64().unwrap_or_default()
}

fn unknown(message: String) -> Problem {
    let problem = Problem::new("sweep_parameter_unknown", "sweep", message);
    problem.hint("name a node and a number in it, such as graded.if, market.reserve or either.arms.acme.weight_ppm")
}

fn not_there(at: Option<&Value>, member: &str, node: &str) -> Problem {
    let there: Vec<String> = match at {
        Some(Value::Object(members)) => members
            .keys()
            .filter(|key| *key != "kind")
            .cloned()
            .collect(),
        Some(Value::Array(entries)) => {
            let name = |(position, entry): (usize, &Value)| {
                let called = entry.get("name").or_else(|| entry.get("to"));
                let called = called.and_then(Value::as_str);
                called.map_or_else(|| format!("[{position}]"), str::to_owned)
            };
            entries.iter().enumerate().map(name).take(20).collect()
        }
        _ => Vec::new(),
    };
    let there = if there.is_empty() {
        "nothing more".to_owned()
    } else {
        there.join(", ")
    };
    let message = format!("`{node}` has no `{member}` there; it has {there}");
    let problem = Problem::new("sweep_parameter_unknown", "sweep", message);
    problem.hint("write the members on the way to the number with points between them")
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLOW: &str = r#"{"flow": "f", "vertical": "v", "currency": "USD", "root": "graded", "nodes": {
        "graded": {"kind": "when", "if": "score2 >= 40 && state != 'CA 12'", "then": "either", "otherwise": "market"},
        "both": {"kind": "when", "if": "a > 1.5 && a < 9", "then": "either", "otherwise": "market"},
        "either": {"kind": "split", "arms": [{"weight_ppm": 500000, "to": "a"}, {"weight_ppm": 300000, "to": "b"},
            {"weight_ppm": 200000, "name": "third", "to": "c"}]},
        "sole": {"kind": "split", "arms": [{"weight_ppm": 1000000, "to": "a"}, {"weight_ppm": 0, "name": "0", "to": "b"},
            {"weight_ppm": 0, "to": "c"}]},
        "market": {"kind": "auction", "bidders": [{"to": "a", "penalty_ppm": 5}, {"to": "b"}]},
        "dear": {"kind": "auction", "reserve": "12.50", "bidders": [{"to": "a"}]},
        "a": {"kind": "destination"}, "b": {"kind": "destination"}, "c": {"kind": "destination"}}}"#;

    fn changed(parameter: &str, value: &str) -> Result<String, Problem> {
        let document = Document::from_json(FLOW).unwrap();
        let place = Place::find(&document, parameter)?;
        let node = parameter.split('.').next().unwrap();
        let changed = place.with(Decimal::parse(value).unwrap()).unwrap();
        let changed = serde_json::to_value(&changed).unwrap();
        Ok(changed["nodes"][node].to_string())
    }

    #[test]
    fn numbers_of_all_kinds_are_found_and_changed() {
        for (parameter, value, expected) in [
            ("graded.if", "55", "score2 >= 55 && state != 'CA 12'"),
            ("both.if#2", "7.5", "a > 1.5 && a < 7.5"),
            ("both.if#1", "-2", "a > -2 && a < 9"),
            ("dear.reserve", "9.75", r#""reserve":"9.75""#),
            ("market.reserve", "3.00", r#""reserve":"3.00""#),
            ("market.bidders.a.penalty_ppm", "70", r#""penalty_ppm":70"#),
            ("market.bidders[0].penalty_ppm", "70", r#""penalty_ppm":70"#),
        ] {
            let found = changed(parameter, value).unwrap();
            assert!(found.contains(expected), "{parameter}: {found}");
        }
    }

    #[test]
    fn other_arms_share_what_one_leaves_and_sum_to_the_whole() {
        for (parameter, value, weights) in [
            (
                "either.arms.a.weight_ppm",
                "700000",
                [700_000, 180_000, 120_000],
            ),
            (
                "either.arms.third.weight_ppm",
                "199999",
                [500_000, 300_001, 199_999],
            ),
            ("either.arms[1].weight_ppm", "1000000", [0, 1_000_000, 0]),
            (
                "sole.arms[0].weight_ppm",
                "400000",
                [400_000, 300_000, 300_000],
            ),
            ("sole.arms[2].weight_ppm", "400000", [600_000, 0, 400_000]),
        ] {
            let found: Value = serde_json::from_str(&changed(parameter, value).unwrap()).unwrap();
            let arms = found["arms"].as_array().unwrap();
            let found: Vec<i64> = arms
                .iter()
                .map(|arm| arm["weight_ppm"].as_i64().unwrap())
                .collect();
            assert_eq!(found, weights, "{parameter}");
        }
    }

    #[test]
    fn what_is_not_there_is_told_with_what_is() {
        for (parameter, code, told) in [
            ("gradde.if", "sweep_node_unknown", "did you mean `graded`?"),
            ("graded", "sweep_node_unknown", "`graded` begins"),
            (
                "graded.unless",
                "sweep_parameter_unknown",
                "it has if, otherwise, then",
            ),
            (
                "graded.then",
                "sweep_parameter_unknown",
                "`either` has no number",
            ),
            ("both.if", "sweep_ambiguous", "both.if#1"),
            ("both.if#3", "sweep_parameter_unknown", "has 2 numbers"),
            ("both.if#x", "sweep_parameter_unknown", "`#x`"),
            (
                "either.arms",
                "sweep_parameter_unknown",
                "holds several things",
            ),
            (
                "either.arms.d.weight_ppm",
                "sweep_parameter_unknown",
                "it has a, b, third",
            ),
        ] {
            let problem = changed(parameter, "1").unwrap_err();
            let text = format!("{} {}", problem.message, problem.hint.unwrap());
            assert_eq!(problem.code, code, "{parameter}");
            assert!(text.contains(told), "{parameter}: {text}");
        }
    }
}
