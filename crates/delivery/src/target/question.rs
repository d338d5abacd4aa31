//! Questions to a destination as requests, which are checked like any other.

use pointsman_lead::{Problem, Schema};
use serde_json::{Map, Value};
use url::{Url, form_urlencoded};

use super::{
    Format, Method, Target,
    check::{Check, Request},
};
use crate::{
    Offer, StatusProbe,
    status::WAIT_MS_MAX,
    template::{Part, Scope, parts},
};

impl StatusProbe {
    /// The same as a target: a question is a request like any other.
    ///
    /// * `of`: the target that it belongs to.
    pub(crate) fn as_target(&self, of: &Target, offer: &Offer) -> Target {
        let plain = self.plain_target(of);
        let spell = |value: String| {
            form_urlencoded::byte_serialize(value.as_bytes())
                .collect::<String>()
                .replace('+', "%20")
                // A part of a path that means another path.
                .replace("..", "%2E%2E")
        };
        let url = Scope::new(of, offer).text_with(&self.url, spell);
        Target { url, ..plain }
    }

    fn plain_target(&self, of: &Target) -> Target {
        let Self {
            url,
            query,
            headers,
            auth,
            timeout_ms,
            count: _,
            wait_ms: _,
            response,
        } = self;
        let query: Map<String, Value> = query
            .iter()
            .map(|(name, value)| (name.clone(), value.as_str().into()))
            .collect();
        Target {
            method: Method::Get,
            format: Format::Query,
            body: Some(query.into()),
            computed: of.computed.clone(),
            headers: headers.clone(),
            auth: auth.clone().or_else(|| of.auth.clone()),
            secrets: of.secrets.clone(),
            timeout_ms: *timeout_ms,
            response: response.as_response_map(),
            concurrency: of.concurrency,
            ..Target::new(url.clone())
        }
    }

    /// Everything that keeps the destination from being asked, in a fixed order. Paths start with `target.status.`.
    ///
    /// * `target`: that it belongs to.
    pub(crate) fn check(&self, target: &Target, schema: &Schema) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut report = |code: &str, path: &str, message: String, hint: &str| {
            problems.push(Problem::new(code, format!("target.status.{path}"), message).hint(hint));
        };
        let before = self.url.split("{{").next().unwrap_or_default();
        let has_path = Url::parse(before).is_ok_and(|url| url.host().is_some())
            && before.splitn(4, '/').count() == 4;
        if before.len() < self.url.len() && !has_path {
            let message = "a placeholder stands in the host of the address".to_owned();
            let hint = "write the host as it is, and placeholders in the path behind it";
            report("url_placeholder", "url", message, hint);
        }
        if !(1..=100).contains(&self.count) {
            let message = format!("{} questions are not between 1 and 100", self.count);
            report("status_count", "count", message, "10 is usual");
        }
        if !(100..=WAIT_MS_MAX).contains(&self.wait_ms.into()) {
            let message = format!("{} ms is not between 100 and 3,600,000 ms", self.wait_ms);
            report("status_wait", "wait_ms", message, "5000 is usual");
        }
        let plain = self.plain_target(target);
        let url = parts(&self.url).into_iter().map(|part| match part {
            Part::Text(text) => text,
            Part::Hole(_) | Part::Open(_) => "x",
        });
        let without_holes = Target {
            url: url.collect(),
            ..plain
        };
        problems.extend(
            Check::new(&without_holes, schema, Request::Status { url: &self.url }).request(),
        );
        problems
    }
}
