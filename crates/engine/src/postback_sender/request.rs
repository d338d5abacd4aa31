//! A postback as a request of the HTTP client.

use std::collections::BTreeMap;

use pointsman_delivery::{Auth, Format, Method, Offer, Secret, Target};
use pointsman_history::{PostbackFormat, PostbackMethod, SourcePostback};
use pointsman_lead::Currency;
use serde_json::{Map, Value};

/// Milliseconds for a whole exchange.
const TIMEOUT_MS: u32 = 10_000;

/// What the client is given.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) target: Target,
    pub(super) offer: Offer,
}

/// Values by name, each with the placeholder that stands for it: what a lead says is never read as a template.
#[derive(Default)]
struct Values(Map<String, Value>);

impl Values {
    fn placeholder(&mut self, value: Value) -> String {
        let name = format!("v{}", self.0.len());
        let placeholder = format!("{{{{lead.{name}}}}}");
        self.0.insert(name, value);
        placeholder
    }

    /// A value with placeholders in the place of its texts.
    fn template(&mut self, value: Value) -> Value {
        match value {
            Value::String(_) => self.placeholder(value).into(),
            Value::Array(entries) => {
                let entries = entries.into_iter().map(|entry| self.template(entry));
                entries.collect::<Vec<_>>().into()
            }
            Value::Object(members) => {
                let members = members.into_iter();
                let members = members.map(|(name, value)| (name, self.template(value)));
                members.collect::<Map<_, _>>().into()
            }
            other => other,
        }
    }
}

impl Prepared {
    /// The request of a postback, or what it lacks.
    ///
    /// * `token`, `key`: secrets of the source, as they are now: a key that was replaced is not used any more.
    pub(super) fn new(
        postback: &SourcePostback,
        token: Option<&str>,
        key: Option<&str>,
    ) -> Result<Self, String> {
        let request = postback.request(Some(token.unwrap_or_default()));
        let mut values = Values::default();
        let mut target = Target::new(request.url);
        target.timeout_ms = TIMEOUT_MS;
        target.method = match request.method {
            PostbackMethod::Get => Method::Get,
            PostbackMethod::Post => Method::Post,
        };
        let headers = request.headers.into_iter();
        let headers = headers.map(|(name, text)| (name, values.placeholder(text.into())));
        target.headers = headers.collect();
        (target.format, target.body) = match (request.body, request.format) {
            // No parameters beside those of the address.
            (None, _) => (Format::Query, Some(Map::new().into())),
            (Some(body), PostbackFormat::Json) => {
                (Format::Json, Some(values.template(body.into())))
            }
            (Some(body), PostbackFormat::Form) => {
                (Format::Form, Some(values.template(body.into())))
            }
        };
        let mut secrets = BTreeMap::new();
        if let Some(token) = token {
            // So that it is redacted where the tracker echoes it.
            secrets.insert("postback_token".to_owned(), Secret::new(token));
        }
        if request.is_signed {
            let key = key.ok_or("the source has no secret `postback_key` any more")?;
            secrets.insert("postback_key".to_owned(), Secret::new(key));
            target.auth = Some(Auth::StandardWebhooks {
                key: "{{secret.postback_key}}".to_owned(),
            });
        }
        target.secrets = secrets;
        Ok(Self {
            target,
            offer: Offer {
                delivery_id: postback.id.to_string(),
                click_id: String::new(),
                lead_id: postback.lead_id.to_string(),
                destination: format!("source {}", postback.source),
                fields: values.0,
                price: None,
                bid: None,
                ping_id: None,
                reference: None,
                currency: Currency::USD,
            },
        })
    }
}
