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

/// Stands before each value while an address is looked at; no value holds it once it is encoded.
const MARK: char = '\u{1}';

impl StatusProbe {
    /// The same as a target: a question is a request like any other. `None` where a value would lead to another path
    /// than the one that was written: nothing, a dot, or two of them, as a part of it.
    ///
    /// * `of`: the target that it belongs to.
    pub(crate) fn as_target(&self, of: &Target, offer: &Offer) -> Option<Target> {
        let scope = Scope::new(of, offer);
        let marked = scope.text_with(&self.url, |value| format!("{MARK}{}", as_segment(&value)));
        (!leads_elsewhere(&marked)).then(|| Target {
            url: marked.replace(MARK, ""),
            ..self.plain_target(of)
        })
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

/// A value as one part of a path. Dots stay as they are: `%2E%2E` leads up as `..` does.
fn as_segment(value: &str) -> String {
    let encoded: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
    encoded.replace('+', "%20")
}

/// Whether a part of the path that a value went into means another path, or none.
///
/// * `marked`: an address with a [`MARK`] before each value.
fn leads_elsewhere(marked: &str) -> bool {
    let path = marked.split(['?', '#']).next().unwrap_or_default();
    let filled = path
        .split(['/', '\\'])
        .filter(|segment| segment.contains(MARK));
    let mut plain = filled.map(|segment| segment.replace(MARK, "").to_ascii_lowercase());
    plain.any(|segment| matches!(&*segment.replace("%2e", "."), "" | "." | ".."))
}

#[cfg(test)]
mod tests;
