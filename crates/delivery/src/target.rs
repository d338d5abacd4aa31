//! The HTTP endpoint of a destination, as its owner describes it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use crate::{Auth, PingTarget, ResponseMap, Retry, Secret, StatusProbe};

pub(crate) mod check;
mod question;

/// How a lead is handed to one destination, and how its answer reads.
///
/// Texts in `body` and the values of `headers` may hold placeholders: `{{lead.<field>}}`,
/// `{{lead_id}}`, `{{click_id}}`, `{{delivery_id}}`, `{{destination}}`, `{{source}}`,
/// `{{sub_id_1}}` to `{{sub_id_5}}`, `{{price}}` and `{{bid}}` (main units, as text), `{{ping_id}}`,
/// `{{secret.<name>}}` and `{{computed.<name>}}`.
/// Filters make texts of them: `{{lead.phone | last 10}}`, also `first N`, `digits`, `lower`,
/// `upper`, `trim` and `default TEXT`.
///
/// ```
/// let target: pointsman_delivery::Target = serde_json::from_str(r#"{
///     "url": "https://acme.example/leads",
///     "headers": {"X-Api-Key": "{{secret.api_key}}"},
///     "secrets": {"api_key": "s3cret"},
///     "body": {"region": "{{lead.state}}", "ref": "pm-{{click_id}}"}
/// }"#).unwrap();
/// assert!(!format!("{target:?}").contains("s3cret"));
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// The HTTP method.
    #[serde(default)]
    pub method: Method,
    /// Where to, http or https; without user, password, fragment and placeholders.
    pub url: String,
    /// How the body is written.
    #[serde(default)]
    pub format: Format,
    /// The template: for `json` any value whose texts may hold placeholders, where a text that is
    /// one placeholder and nothing else keeps the value's type; for `form` and `query` an object of
    /// texts, where a missing value leaves its member out; for `xml`, `soap` and `soap12` a text with the
    /// document, whose placeholders stand in texts and attributes. Absent: every declared field under its own
    /// name, with `click_id` and `lead_id`, and `ping_id` where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// Values that are made of others, for `{{computed.<name>}}`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub computed: BTreeMap<String, Computed>,
    /// Headers of ours, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// How a request shows that it is from us. Absent: by what `headers` and `body` say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth: Option<Auth>,
    /// Values for `{{secret.<name>}}`, shown nowhere.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub secrets: BTreeMap<String, Secret>,
    /// Milliseconds for the whole exchange, from name resolution to the last byte of the answer:
    /// 100 to 30,000.
    #[serde(default = "default_timeout_ms")]
    pub timeout_ms: u32,
    /// How the answer reads.
    #[serde(default)]
    pub response: ResponseMap,
    /// How it is asked for a bid in auctions. Absent: its fixed price is its bid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ping: Option<Box<PingTarget>>,
    /// How often and when an offer that was surely not sent is made again. Absent: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry: Option<Retry>,
    /// How it is asked what became of an offer whose answer is unknown. Absent: it cannot be asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Box<StatusProbe>>,
    /// Most exchanges with it at once in each process of ours, 1 to 1,000. Absent: as many as the process allows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<u32>,
}

/// A value that is made of others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Computed {
    /// A text with placeholders, which may not be `{{computed.<name>}}` again.
    Template(String),
    /// A value for each of some texts.
    Table {
        /// The text that is looked up, with placeholders.
        from: String,
        /// The value of each text.
        map: BTreeMap<String, Value>,
        /// The value of all other texts; absent: the value is missing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        otherwise: Option<Value>,
    },
}

impl Computed {
    /// The text with placeholders that it is made of.
    pub(crate) fn template(&self) -> &str {
        match self {
            Self::Template(template) => template,
            Self::Table { from, .. } => from,
        }
    }
}

/// Method of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// The usual one.
    #[default]
    Post,
    /// For destinations that want it.
    Put,
    /// With `query` only.
    Get,
}

/// How the template becomes bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// `application/json`.
    #[default]
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// Parameters behind the address's `?`, and no body.
    Query,
    /// `application/xml`.
    Xml,
    /// SOAP 1.1: `text/xml`, the template inside of an envelope.
    Soap,
    /// SOAP 1.2: `application/soap+xml`, the template inside of an envelope.
    Soap12,
}

impl Format {
    /// Whether the template is the text of a document.
    pub(crate) fn is_xml(self) -> bool {
        matches!(self, Self::Xml | Self::Soap | Self::Soap12)
    }
}

fn default_timeout_ms() -> u32 {
    5_000
}

impl Target {
    /// A target with every setting at its default.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            method: Method::default(),
            url: url.into(),
            format: Format::default(),
            body: None,
            computed: BTreeMap::new(),
            headers: BTreeMap::new(),
            auth: None,
            secrets: BTreeMap::new(),
            timeout_ms: default_timeout_ms(),
            response: ResponseMap::default(),
            ping: None,
            retry: None,
            status: None,
            concurrency: None,
        }
    }

    /// Whether all requests by this target go to hosts to which those of another one go, by the same schemes and ports.
    pub fn keeps_to_hosts_of(&self, other: &Self) -> bool {
        let known = other.origins();
        self.origins().iter().all(|origin| known.contains(origin))
    }

    /// Where its requests go; `None` for an address that is none.
    fn origins(&self) -> BTreeSet<Option<String>> {
        let (ping, status) = (self.ping.as_deref(), self.status.as_deref());
        let auths = [
            self.auth.as_ref(),
            ping.and_then(|ping| ping.auth.as_ref()),
            status.and_then(|status| status.auth.as_ref()),
        ];
        let tokens = auths.into_iter().flatten().filter_map(Auth::token_url);
        let urls = [
            Some(self.url.as_str()),
            ping.map(|ping| ping.url.as_str()),
            status.map(|status| status.url.as_str()),
        ];
        let urls = urls.into_iter().flatten().chain(tokens);
        let origin = |url: &str| Some(Url::parse(url).ok()?.origin().ascii_serialization());
        urls.map(origin).collect()
    }

    /// The same target as others may see it: each secret's value replaced by `[secret]`.
    #[must_use]
    pub fn redacted(&self) -> Self {
        let mut target = self.clone();
        for secret in target.secrets.values_mut() {
            *secret = Secret::new(crate::secret::REDACTED);
        }
        target
    }
}
