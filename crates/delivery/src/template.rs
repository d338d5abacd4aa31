//! Texts with placeholders, and the requests they make.

use pointsman_lead::ALWAYS;
use serde_json::{Map, Value};

use crate::{Computed, Format, Offer, Target, xml};

mod date;

use date::DateFormat;

/// What a placeholder stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Name<'a> {
    /// A field of the lead.
    Lead(&'a str),
    /// What the destination sends back with a postback.
    ClickId,
    /// Our id of the lead.
    LeadId,
    /// Our id of this offer, also the idempotency key.
    DeliveryId,
    /// Our name of the destination.
    Destination,
    /// What the destination pays, in main units.
    Price,
    /// What the destination has bid, in main units.
    Bid,
    /// What the destination called its bid.
    PingId,
    /// A secret of the target.
    Secret(&'a str),
    /// A value of the target's own.
    Computed(&'a str),
    /// The destination's own id of the lead, once it gave one.
    Reference,
    /// What is signed: the body as it leaves.
    Body,
    /// What is signed: whole seconds since 1970.
    Timestamp,
}

impl<'a> Name<'a> {
    /// Reads what stands between the braces; `None` if nothing has that name.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        match text {
            "click_id" => Some(Self::ClickId),
            "lead_id" => Some(Self::LeadId),
            "delivery_id" => Some(Self::DeliveryId),
            "destination" => Some(Self::Destination),
            "price" => Some(Self::Price),
            "bid" => Some(Self::Bid),
            "ping_id" => Some(Self::PingId),
            "reference" => Some(Self::Reference),
            "body" => Some(Self::Body),
            "timestamp" => Some(Self::Timestamp),
            // The always-there fields have short names too, apart from our own two.
            _ if ALWAYS[..6].contains(&text) => Some(Self::Lead(text)),
            _ => match text.split_once('.')? {
                ("lead", name) => Some(Self::Lead(name)),
                ("secret", name) => Some(Self::Secret(name)),
                ("computed", name) => Some(Self::Computed(name)),
                _ => None,
            },
        }
    }
}

/// A change to a value on its way into a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Filter<'a> {
    Digits,
    Lower,
    Upper,
    Trim,
    /// What stands in for nothing.
    Default(&'a str),
    First(usize),
    Last(usize),
    /// A day or a point in time in another spelling.
    Date(DateFormat<'a>),
}

impl<'a> Filter<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        match text.split_once(' ') {
            None => match text {
                "digits" => Some(Self::Digits),
                "lower" => Some(Self::Lower),
                "upper" => Some(Self::Upper),
                "trim" => Some(Self::Trim),
                _ => None,
            },
            Some(("first", count)) => count.trim().parse().ok().map(Self::First),
            Some(("default", text)) => Some(Self::Default(text.trim())),
            Some(("date", format)) => DateFormat::parse(format.trim()).map(Self::Date),
            Some(("last", count)) => count.trim().parse().ok().map(Self::Last),
            Some(_) => None,
        }
    }

    fn apply(self, text: &str) -> String {
        match self {
            Self::Digits => text.chars().filter(char::is_ascii_digit).collect(),
            Self::Lower => text.to_lowercase(),
            Self::Upper => text.to_uppercase(),
            Self::Trim => text.trim().to_owned(),
            Self::Default(other) if text.is_empty() => other.to_owned(),
            Self::Default(_) => text.to_owned(),
            Self::Date(format) => format.write(text),
            Self::First(count) => text.chars().take(count).collect(),
            Self::Last(count) => {
                let skipped = text.chars().count().saturating_sub(count);
                text.chars().skip(skipped).collect()
            }
        }
    }
}

/// What stands before the first `|` of a placeholder, and the filters behind it as written.
pub(crate) fn name_and_filters(hole: &str) -> (&str, impl Iterator<Item = &str>) {
    let mut pieces = hole.split('|').map(str::trim);
    (pieces.next().unwrap_or_default(), pieces)
}

/// Whether a filter has that name.
pub(crate) fn is_filter(text: &str) -> bool {
    Filter::parse(text).is_some()
}

/// A piece of a text with placeholders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part<'a> {
    /// Taken as it is.
    Text(&'a str),
    /// What stands between `{{` and `}}`, trimmed.
    Hole(&'a str),
    /// A `{{` that nothing closes, with the rest of the text.
    Open(&'a str),
}

/// The pieces of a text, in order.
pub(crate) fn parts(mut text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    while let Some((before, after)) = text.split_once("{{") {
        if !before.is_empty() {
            parts.push(Part::Text(before));
        }
        let Some((name, rest)) = after.split_once("}}") else {
            parts.push(Part::Open(after));
            return parts;
        };
        parts.push(Part::Hole(name.trim()));
        text = rest;
    }
    if !text.is_empty() {
        parts.push(Part::Text(text));
    }
    parts
}

/// What one offer to one target fills placeholders with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope<'a> {
    pub(crate) target: &'a Target,
    pub(crate) offer: &'a Offer,
    /// What a signature is made over, once it is known.
    pub(crate) signed: Option<Signed<'a>>,
}

/// What a signature is made over.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Signed<'a> {
    /// The body as it leaves; of a request without one, its parameters.
    pub(crate) body: &'a str,
    /// Whole seconds since 1970.
    pub(crate) timestamp_s: u64,
}

impl<'a> Scope<'a> {
    pub(crate) fn new(target: &'a Target, offer: &'a Offer) -> Self {
        Self {
            target,
            offer,
            signed: None,
        }
    }
}

impl Scope<'_> {
    /// The value behind a placeholder, filtered; `None` if this lead has none, or if nothing has
    /// that name.
    fn value(self, hole: &str) -> Option<Value> {
        let (name, filters) = name_and_filters(hole);
        let value = self.named(name);
        let filters: Vec<Filter<'_>> = filters.filter_map(Filter::parse).collect();
        let stands_in = |filter: &Filter<'_>| matches!(filter, Filter::Default(_));
        if filters.is_empty() || (value.is_none() && !filters.iter().any(stands_in)) {
            return value;
        }
        let text = value.as_ref().map(plain).unwrap_or_default();
        let text = filters
            .iter()
            .fold(text, |text, filter| filter.apply(&text));
        Some(Value::from(text))
    }

    fn named(self, name: &str) -> Option<Value> {
        let Self {
            target,
            offer,
            signed,
        } = self;
        let value = match Name::parse(name)? {
            Name::Lead(field) => offer.fields.get(field)?.clone(),
            Name::ClickId => Value::from(offer.click_id.as_str()),
            Name::LeadId => Value::from(offer.lead_id.as_str()),
            Name::DeliveryId => Value::from(offer.delivery_id.as_str()),
            Name::Destination => Value::from(offer.destination.as_str()),
            Name::Price => Value::from(offer.price?.to_string()),
            Name::Bid => Value::from(offer.bid?.to_string()),
            Name::PingId => Value::from(offer.ping_id.as_deref()?),
            Name::Secret(name) => Value::from(target.secrets.get(name)?.reveal()),
            Name::Computed(name) => self.computed(target.computed.get(name)?)?,
            Name::Reference => Value::from(offer.reference.as_deref()?),
            Name::Body => Value::from(signed?.body),
            Name::Timestamp => Value::from(signed?.timestamp_s),
        };
        (!value.is_null()).then_some(value)
    }

    /// A value of the target's own; `None` if it is missing for this lead.
    fn computed(self, computed: &Computed) -> Option<Value> {
        match computed {
            Computed::Template(template) => self.filled(template),
            Computed::Table {
                from,
                map,
                otherwise,
            } => {
                let found = map.get(&self.text(from));
                found.or(otherwise.as_ref()).cloned()
            }
        }
    }

    /// A text with its placeholders filled; a missing value becomes nothing.
    pub(crate) fn text(self, template: &str) -> String {
        self.text_with(template, |value| value)
    }

    /// The same with each value in the spelling of what the text is part of.
    pub(crate) fn text_with(self, template: &str, spell: impl Fn(String) -> String) -> String {
        parts(template)
            .into_iter()
            .map(|part| match part {
                Part::Text(text) | Part::Open(text) => text.to_owned(),
                Part::Hole(name) => {
                    let value = self.value(name);
                    spell(value.as_ref().map(plain).unwrap_or_default())
                }
            })
            .collect()
    }

    /// The XML of the target's template, or of the default one.
    pub(crate) fn xml(self) -> String {
        let Some(Value::String(template)) = &self.target.body else {
            return default_xml(&self.body());
        };
        self.text_with(template, |value| xml::escape(&value))
    }

    /// A text's value: typed if it is one placeholder alone, and then `None` if that is missing.
    fn filled(self, template: &str) -> Option<Value> {
        match parts(template).as_slice() {
            [Part::Hole(name)] => self.value(name),
            _ => Some(Value::from(self.text(template))),
        }
    }

    /// A JSON template with every text in it filled. A member whose value is missing is left out;
    /// a missing element of a list is null, so that the others keep their places.
    fn json(self, template: &Value) -> Option<Value> {
        match template {
            Value::String(text) => self.filled(text),
            Value::Array(items) => Some(
                items
                    .iter()
                    .map(|item| self.json(item).unwrap_or(Value::Null))
                    .collect(),
            ),
            Value::Object(members) => {
                let members = members
                    .iter()
                    .filter_map(|(name, value)| Some((name.clone(), self.json(value)?)));
                Some(Value::Object(members.collect()))
            }
            other => Some(other.clone()),
        }
    }

    /// The body as a value, from the target's template or from the default one.
    pub(crate) fn body(self) -> Value {
        match &self.target.body {
            Some(template) => self.json(template).unwrap_or(Value::Null),
            None => self.default_body(),
        }
    }

    fn default_body(self) -> Value {
        let offer = self.offer;
        let declared = offer
            .fields
            .iter()
            .filter(|(name, value)| !ALWAYS.contains(&name.as_str()) && !value.is_null());
        let mut members: Map<String, Value> = declared
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        // A test lead must not be taken for a person because the target has no body of its own.
        if offer.fields.get("is_test") == Some(&Value::Bool(true)) {
            members.insert("is_test".to_owned(), true.into());
        }
        members.insert("click_id".to_owned(), offer.click_id.clone().into());
        members.insert("lead_id".to_owned(), offer.lead_id.clone().into());
        if let Some(ping_id) = &offer.ping_id {
            members.insert("ping_id".to_owned(), ping_id.clone().into());
        }
        Value::Object(members)
    }

    /// The body as names and texts, for the formats that know no types.
    pub(crate) fn pairs(self) -> Vec<(String, String)> {
        debug_assert!(self.target.format != Format::Json, "JSON keeps its types");
        match self.body() {
            Value::Object(members) => members
                .iter()
                .map(|(name, value)| (name.clone(), plain(value)))
                .collect(),
            _ => Vec::new(),
        }
    }
}

/// An element of each member.
fn default_xml(body: &Value) -> String {
    let members = body.as_object().into_iter().flatten();
    let elements: Vec<String> = members
        .map(|(name, value)| format!("<{name}>{}</{name}>", xml::escape(&plain(value))))
        .collect();
    format!("<lead>{}</lead>", elements.concat())
}

/// A value as plain text: texts without quotes, all else as JSON.
fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests;
