//! What is wrong with how an answer is read.

use serde_json::Value;

use super::{Check, Request};
use crate::{
    AnswerFormat,
    response::{Reading, ResponseMap, Rule, body::pattern, path::Path},
};

impl Check<'_> {
    /// Rules and paths.
    pub(super) fn response(&mut self, map: &ResponseMap) {
        let ResponseMap {
            accepted,
            rejected,
            not_sent,
            format,
            split,
            patterns,
            price,
            price_unit: _,
            redirect_url,
            reason,
            reference,
            rules_alone: _,
        } = map;
        if accepted.is_empty() {
            let message = "no answer counts as accepted";
            let hint = r#"add a rule, such as {"status": "200-299"}"#;
            self.report("rules_missing", "response.accepted", message, hint);
        }
        for (list, rules) in [
            ("accepted", accepted),
            ("rejected", rejected),
            ("not_sent", not_sent),
        ] {
            for (n, rule) in rules.iter().enumerate() {
                self.rule(&format!("response.{list}[{n}]"), rule);
            }
        }
        if split.as_deref() == Some("") {
            let message = "an empty separator splits nothing";
            self.report("split_empty", "response.split", message, "such as `|`");
        }
        self.patterns(*format, split.is_some(), patterns);
        let price_name = match self.which {
            Request::Post | Request::Status { .. } => "price",
            Request::Ping => "bid",
        };
        let paths = [
            (price_name, price),
            ("redirect_url", redirect_url),
            ("reason", reason),
            ("reference", reference),
        ];
        for (name, path) in paths {
            self.path(&format!("response.{name}"), path.as_ref());
        }
        let ruled = accepted.iter().chain(rejected).chain(not_sent);
        let asked = ruled.filter_map(|rule| rule.path.as_ref());
        let found = paths.into_iter().filter_map(|(_, path)| path.as_ref());
        if map.reading() == Reading::Text && asked.chain(found).next().is_some() {
            let message = "nothing in a plain text has a path";
            let hint = "give `response.patterns` with groups, or `response.split`";
            self.report("path_unread", "response.format", message, hint);
        }
    }

    fn patterns(&mut self, format: AnswerFormat, is_split: bool, patterns: &[String]) {
        if (format == AnswerFormat::Xml && is_split)
            || (format == AnswerFormat::Xml || is_split) && !patterns.is_empty()
        {
            let message = "the answer is read in two ways at once";
            let hint = "choose one of `format` xml, `split` and `patterns`";
            self.report("answer_format", "response", message, hint);
        }
        for (n, text) in patterns.iter().enumerate() {
            let at = format!("response.patterns[{n}]");
            match pattern(text) {
                Err(error) => {
                    let message = format!("this is not a pattern: {error}");
                    let hint = "write a regular expression such as ^OK (?<price>[0-9.]+)";
                    self.report("pattern_invalid", &at, message, hint);
                }
                Ok(pattern) if pattern.capture_names().flatten().next().is_none() => {
                    let message =
                        "the pattern has no group with a name, so that nothing is found by it";
                    let hint = "name what you look for: (?<price>[0-9.]+)";
                    self.report("pattern_unnamed", &at, message, hint);
                }
                Ok(_) => {}
            }
        }
    }

    fn rule(&mut self, at: &str, rule: &Rule) {
        let Rule {
            status,
            path,
            equals,
            one_of,
            exists,
            contains,
        } = rule;
        let asks_value = equals.is_some() || one_of.is_some() || exists.is_some();
        if status.is_none() && !asks_value && contains.is_none() && path.is_none() {
            let message = "the rule has no condition";
            let hint =
                "give it `status`, `path` with `equals`, `one_of` or `exists`, or `contains`";
            self.report("rule_empty", at, message, hint);
        }
        if asks_value && path.is_none() {
            let message = "the rule compares a value but does not say where it stands";
            self.report("rule_path", at, message, "give it a `path`, such as $.ok");
        }
        if path.is_some() && !asks_value {
            let message = "the rule names a path but asks nothing of it";
            self.report(
                "rule_path",
                at,
                message,
                "add `equals`, `one_of` or `exists`",
            );
        }
        if let Some(fault) = status.as_ref().and_then(crate::Status::fault) {
            let message = format!("`{fault}` is not a status or a range of them");
            let hint = r#"write 200, "200-299", or a list of both"#;
            self.report("rule_status", &format!("{at}.status"), message, hint);
        }
        if contains.as_deref() == Some("") {
            let message = "every answer contains an empty text";
            self.report(
                "rule_empty",
                &format!("{at}.contains"),
                message,
                "leave it out",
            );
        }
        let texts = equals.iter().chain(one_of.iter().flatten());
        let texts = texts.filter_map(Value::as_str).chain(contains.as_deref());
        if texts.into_iter().any(|text| text.contains("{{")) {
            let message = "the rule compares with a placeholder, which is not filled here";
            let hint = "compare with what the destination answers, as it stands";
            self.report("rule_placeholder", at, message, hint);
        }
        self.path(&format!("{at}.path"), path.as_ref());
    }

    fn path(&mut self, at: &str, path: Option<&String>) {
        let Some(text) = path.filter(|text| Path::parse(text).is_none()) else {
            return;
        };
        let message = format!("`{text}` is not a path");
        let hint = "start with `$`, then `.name` and `[0]`: $.result.items[0].ok";
        self.report("path_invalid", at, message, hint);
    }
}
