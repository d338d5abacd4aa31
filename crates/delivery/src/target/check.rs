//! What is wrong with a target, all of it at once.

use pointsman_lead::{Problem, Schema};
use serde_json::Value;
use url::Url;

use super::{Format, Method, Target};
use crate::template::{Name, Part, is_filter, name_and_filters, parts};

mod auth;
mod document;
mod rules;
mod sending;

/// Headers that belong to the connection, to its proxies, or to us.
const FORBIDDEN_HEADERS: [&str; 12] = [
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "keep-alive",
    "te",
    "trailer",
    "upgrade",
    "expect",
    "proxy-authorization",
    "proxy-connection",
    "idempotency-key",
];

impl Target {
    /// Everything that keeps leads of this schema from being handed over, in a fixed order.
    ///
    /// Paths start with `target.`, such as `target.body.state`. No message holds a secret.
    pub fn check(&self, schema: &Schema) -> Vec<Problem> {
        let mut problems = Check::new(self, schema, Request::Post).request();
        if let Some(ping) = &self.ping {
            problems.extend(ping.check(self, schema));
        }
        if let Some(status) = &self.status {
            problems.extend(status.check(self, schema));
        }
        problems
    }
}

/// Which request is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Request<'a> {
    /// The lead itself.
    Post,
    /// The question for a bid, which may not say who the person is.
    Ping,
    /// The question what became of an offer.
    Status {
        /// The address as it is written, with its placeholders.
        url: &'a str,
    },
}

/// Collects what is wrong with one request.
pub(crate) struct Check<'a> {
    target: &'a Target,
    schema: &'a Schema,
    which: Request<'a>,
    /// Whether what is looked at is signed.
    in_signature: bool,
    /// Whether what is looked at is a computed value.
    in_computed: bool,
    problems: Vec<Problem>,
}

impl<'a> Check<'a> {
    pub(crate) fn new(target: &'a Target, schema: &'a Schema, which: Request<'a>) -> Self {
        Self {
            target,
            schema,
            which,
            in_signature: false,
            in_computed: false,
            problems: Vec::new(),
        }
    }

    /// Everything that is wrong with it, in a fixed order.
    pub(crate) fn request(mut self) -> Vec<Problem> {
        self.url();
        self.method();
        self.timeout();
        self.body();
        self.headers();
        self.auth();
        // Pings and questions share them, and once is enough.
        if self.which == Request::Post {
            self.computed();
            self.secrets();
            self.sending();
        }
        self.response(&self.target.response);
        self.problems
    }

    fn report(&mut self, code: &str, path: &str, message: impl Into<String>, hint: &str) {
        let path = match self.which {
            Request::Post => format!("target.{path}"),
            Request::Ping => format!("target.ping.{path}"),
            // Its parameters are called so.
            Request::Status { .. } => match path.strip_prefix("body.") {
                Some(name) => format!("target.status.query.{name}"),
                None => format!("target.status.{path}"),
            },
        };
        let problem = Problem::new(code, path, message);
        self.problems.push(problem.hint(hint));
    }

    fn url(&mut self) {
        let text = self.target.url.as_str();
        if let Request::Status { url } = self.which {
            self.text("url", url);
        }
        if text.contains("{{") {
            let message = "the address holds a placeholder";
            let hint = "put changing parts into `body` with format `query`";
            self.report("url_placeholder", "url", message, hint);
        }
        let url = match Url::parse(text) {
            Ok(url) => url,
            Err(error) => {
                // Not the address itself: it may hold a password.
                let message = format!("this is not an address: {error}");
                let hint = "write it like https://buyer.example/leads";
                return self.report("url_invalid", "url", message, hint);
            }
        };
        if !matches!(url.scheme(), "http" | "https") {
            let message = format!("`{}` addresses cannot be posted to", url.scheme());
            self.report("url_scheme", "url", message, "use https, or http");
        }
        if !url.username().is_empty() || url.password().is_some() {
            let message = "the address holds a user or a password";
            let hint = "put them into `secrets`, and an Authorization header that names them";
            self.report("url_userinfo", "url", message, hint);
        }
        if url.fragment().is_some() {
            let message = "the address ends in a `#` part, which is never sent";
            self.report("url_fragment", "url", message, "leave it out");
        }
    }

    fn method(&mut self) {
        if self.target.method == Method::Get && self.target.format != Format::Query {
            let message = "a GET has no body to write the lead into";
            self.report(
                "method_format",
                "format",
                message,
                "use format `query`, or POST",
            );
        }
    }

    fn timeout(&mut self) {
        let timeout_ms = self.target.timeout_ms;
        if !(100..=30_000).contains(&timeout_ms) {
            let message = format!("{timeout_ms} ms is not between 100 and 30,000 ms");
            let hint = "5000 is usual; people wait while a lead is offered";
            self.report("timeout_range", "timeout_ms", message, hint);
        }
    }

    fn body(&mut self) {
        let Some(body) = &self.target.body else {
            return;
        };
        if self.target.format == Format::Json {
            return self.json("body", body);
        }
        if self.target.format.is_xml() {
            return self.document(body);
        }
        let Value::Object(members) = body else {
            let message = "a form or query needs an object of names and texts";
            let hint = r#"write it like {"phone": "{{lead.phone}}"}"#;
            return self.report("body_shape", "body", message, hint);
        };
        for (name, value) in members {
            let path = format!("body.{name}");
            self.name(&path, name);
            if matches!(value, Value::Object(_) | Value::Array(_) | Value::Null) {
                let message = "a form or query has texts, numbers and booleans only";
                let hint = "use format `json` for nested values";
                self.report("body_shape", &path, message, hint);
            }
            self.json(&path, value);
        }
    }

    fn json(&mut self, path: &str, template: &Value) {
        match template {
            Value::String(text) => self.text(path, text),
            Value::Array(items) => {
                for (n, item) in items.iter().enumerate() {
                    self.json(&format!("{path}[{n}]"), item);
                }
            }
            Value::Object(members) => {
                for (name, value) in members {
                    let path = format!("{path}.{name}");
                    self.name(&path, name);
                    self.json(&path, value);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// A member's name, which is sent as it stands.
    fn name(&mut self, path: &str, name: &str) {
        if name.contains("{{") {
            let message = "the name of a member holds a placeholder";
            let hint = "placeholders stand in values; write names as the destination knows them";
            self.report("name_placeholder", path, message, hint);
        }
    }

    fn text(&mut self, path: &str, text: &str) {
        for part in parts(text) {
            match part {
                Part::Text(_) => {}
                Part::Open(_) => {
                    let message = "a `{{` is not closed";
                    self.report("placeholder_open", path, message, "close it with `}}`");
                }
                Part::Hole(name) => self.placeholder(path, name),
            }
        }
    }

    fn placeholder(&mut self, path: &str, hole: &str) {
        let (name, filters) = name_and_filters(hole);
        for filter in filters.filter(|filter| !is_filter(filter)) {
            let message = format!("`{filter}` is not something that can be done to a value");
            let hint =
                "use digits, lower, upper, trim, first N, last N, date FORMAT or default TEXT";
            self.report("filter_unknown", path, message, hint);
        }
        match Name::parse(name) {
            None => {
                let message = format!("`{name}` is not something a lead can be described with");
                let hint = "use lead.<field>, secret.<name>, computed.<name>, click_id, lead_id, delivery_id, \
                            destination, source, sub_id_1 to sub_id_5, price, bid or ping_id";
                self.report("placeholder_unknown", path, message, hint);
            }
            Some(Name::Lead(field)) => self.field(path, field),
            Some(Name::Computed(computed)) => self.named(path, computed),
            Some(Name::Secret(secret)) if !self.target.secrets.contains_key(secret) => {
                let message = format!("there is no secret `{secret}`");
                let hint = "add it under `secrets`";
                self.report("secret_missing", path, message, hint);
            }
            Some(found) => self.is_known_there(path, name, found),
        }
    }

    /// A field of the lead.
    fn field(&mut self, path: &str, field: &str) {
        if self.schema.find(field).is_none() {
            let fields = self.schema.fields().iter();
            let fields: Vec<&str> = fields.map(|field| field.name.as_str()).collect();
            let vertical = self.schema.vertical();
            let message = format!("leads of `{vertical}` have no field `{field}`");
            let hint = format!("its fields are {}", fields.join(", "));
            self.report("field_unknown", path, message, &hint);
        } else if self.which == Request::Ping && self.is_personal(field) {
            let message = format!("`{field}` says who a person is, and a ping is no sale");
            let hint = "remove it; the post may send it";
            self.report("ping_pii", path, message, hint);
        }
    }

    /// A word of ours, which may not be known yet where it stands.
    fn is_known_there(&mut self, path: &str, name: &str, found: Name<'_>) {
        match found {
            Name::Body | Name::Timestamp if !self.in_signature => {
                let message = format!("`{name}` is known only where a request is signed");
                let hint = "use it in `auth.signed`";
                self.report("placeholder_unsigned", path, message, hint);
            }
            Name::Reference if !matches!(self.which, Request::Status { .. }) => {
                let message = "the destination has given no id before it answers";
                let hint = "use it in `status`, or leave it out";
                self.report("reference_missing", path, message, hint);
            }
            Name::ClickId | Name::DeliveryId | Name::Price | Name::Bid | Name::PingId
                if self.which == Request::Ping =>
            {
                let message = format!("there is no `{name}` before the lead is offered");
                let hint = "use lead.<field>, secret.<name>, lead_id, destination, source or \
                            sub_id_1 to sub_id_5";
                self.report("ping_placeholder", path, message, hint);
            }
            Name::PingId if self.which == Request::Post && self.target.ping.is_none() => {
                let message = "no ping is made that could give a ping id";
                let hint = "add a `ping` to the target, or leave it out";
                self.report("ping_missing", path, message, hint);
            }
            _ => {}
        }
    }

    /// A computed value that is named.
    fn named(&mut self, path: &str, name: &str) {
        if self.in_computed {
            let message = "a computed value is made of another one";
            let hint = "write out what that one is made of";
            return self.report("computed_nested", path, message, hint);
        }
        let Some(computed) = self.target.computed.get(name) else {
            let message = format!("there is no computed value `{name}`");
            return self.report("computed_missing", path, message, "add it under `computed`");
        };
        // What may not be said before a sale may not be said in other words either.
        if self.which == Request::Ping {
            self.in_computed = true;
            self.text(path, computed.template());
            self.in_computed = false;
        }
    }

    fn computed(&mut self) {
        self.in_computed = true;
        for (name, computed) in &self.target.computed {
            self.text(&format!("computed.{name}"), computed.template());
        }
        self.in_computed = false;
    }

    fn is_personal(&self, field: &str) -> bool {
        let found = self.schema.find(field);
        found.is_some_and(|field| self.schema.field(field).pii)
    }

    fn headers(&mut self) {
        for (name, value) in &self.target.headers {
            let path = format!("headers.{name}");
            if is_forbidden(name) {
                let message = format!("the header `{name}` is not the target's to set");
                self.report("header_forbidden", &path, message, "leave it out");
            } else if name.parse::<reqwest::header::HeaderName>().is_err() {
                let message = format!("`{name}` is not the name of a header");
                self.report("header_name", &path, message, "letters, digits and `-`");
            }
            if value.bytes().any(|byte| byte.is_ascii_control()) {
                let message = "the value holds a line break or another control character";
                self.report("header_value", &path, message, "write it on one line");
            }
            self.text(&path, value);
        }
    }

    fn secrets(&mut self) {
        for (name, secret) in &self.target.secrets {
            let path = format!("secrets.{name}");
            if secret.reveal().is_empty() {
                self.report(
                    "secret_empty",
                    &path,
                    "the secret is empty",
                    "give its value",
                );
            } else if secret.reveal() == crate::secret::REDACTED {
                let message = "this is the mark that stands in for a secret, not its value";
                self.report("secret_redacted", &path, message, "give the value again");
            }
        }
    }
}

fn is_forbidden(header: &str) -> bool {
    let lower = header.to_ascii_lowercase();
    FORBIDDEN_HEADERS.contains(&lower.as_str())
}

#[cfg(test)]
mod tests;
