//! Postbacks of a document, read so that each mistake is told and not only the first.

use std::collections::BTreeMap;

use pointsman_lead::{Problem, closest};
use serde_json::{Map, Value};
use url::Url;

use super::{
    KEY, Piece, PostbackEvent, PostbackFormat, PostbackMethod, PostbackSignature, SourcePostback,
    TOKEN, filled, keeps_to_one_origin,
    macros::{MACROS, is_known},
    pieces,
};
use crate::{rule::unknown_member, secrets::Secrets};

const MEMBERS: [&str; 7] = [
    "on",
    "url",
    "method",
    "headers",
    "body",
    "format",
    "signature",
];
/// Most postbacks of a source.
const POSTBACKS_MAX: usize = 20;
/// Longest address, and most headers.
const URL_BYTES_MAX: usize = 2_000;
const HEADERS_MAX: usize = 20;
/// Largest body, as JSON.
const BODY_BYTES_MAX: usize = 8_192;

/// Headers that belong to the connection, or to us.
const FORBIDDEN_HEADERS: [&str; 17] = [
    "accept-encoding",
    "connection",
    "content-length",
    "content-type",
    "expect",
    "host",
    "idempotency-key",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "webhook-id",
    "webhook-signature",
    "webhook-timestamp",
];

impl SourcePostback {
    /// Reads the list, and notes every mistake in it. What is wrong has something in its place, so that positions stay.
    pub(crate) fn read_all(value: &Value, problems: &mut Vec<Problem>) -> Vec<Self> {
        let Some(entries) = value
            .as_array()
            .filter(|entries| entries.len() <= POSTBACKS_MAX)
        else {
            let message = format!("`postbacks` is a list of at most {POSTBACKS_MAX}");
            let problem = Problem::new("wrong_type", "postbacks", message);
            let hint = r#"write [{"on": "sold", "url": "https://…?cid={click_id}"}]"#;
            problems.push(problem.hint(hint));
            return Vec::new();
        };
        let entries = entries.iter().enumerate();
        let read = entries.map(|(position, entry)| {
            let mut reader = Reader {
                path: format!("postbacks[{position}]"),
                problems,
            };
            reader.postback(entry)
        });
        read.collect()
    }

    /// What its signature and its macro `{token}` lack.
    pub(crate) fn missing_secrets(postbacks: &[Self], secrets: &Secrets) -> Vec<Problem> {
        let names_token = |it: &Self| {
            let texts = it.texts().into_iter();
            let mut pieces = texts.flat_map(|(_, text)| pieces(text));
            pieces.any(|piece| piece == Piece::Macro("token"))
        };
        let wanted = [
            (KEY, postbacks.iter().any(|it| it.signature.is_some())),
            (TOKEN, postbacks.iter().any(names_token)),
        ];
        let missing = wanted
            .into_iter()
            .filter(|(name, is_wanted)| *is_wanted && secrets.find(name).is_none());
        let problems = missing.map(|(name, _)| {
            let message = format!("a postback needs the secret `{name}`");
            let problem = Problem::new("missing_member", format!("secrets.{name}"), message);
            problem.hint(format!(r#"add {{"secrets": {{"{name}": "…"}}}}"#))
        });
        problems.collect()
    }
}

struct Reader<'a> {
    /// Where the postback stands.
    path: String,
    problems: &'a mut Vec<Problem>,
}

impl Reader<'_> {
    fn report(&mut self, code: &str, place: &str, message: impl Into<String>, hint: &str) {
        let path = match place {
            "" => self.path.clone(),
            place => format!("{}.{place}", self.path),
        };
        let problem = Problem::new(code, path, message);
        self.problems.push(problem.hint(hint));
    }

    fn postback(&mut self, value: &Value) -> SourcePostback {
        let none = Map::new();
        let members = value.as_object().unwrap_or(&none);
        let mut postback = SourcePostback {
            on: PostbackEvent::Sold,
            url: String::new(),
            method: PostbackMethod::Get,
            headers: BTreeMap::new(),
            body: None,
            format: PostbackFormat::Json,
            signature: None,
        };
        if !value.is_object() {
            let hint = r#"write {"on": "sold", "url": "https://…"}"#;
            self.report("wrong_type", "", "a postback is an object", hint);
            return postback;
        }
        for (name, value) in members.iter().filter(|(_, value)| !value.is_null()) {
            self.member(&mut postback, name, value);
        }
        for name in ["on", "url"] {
            if members.get(name).is_none_or(Value::is_null) {
                let message = format!("`{name}` is missing");
                self.report("missing_member", name, message, "say when, and where to");
            }
        }
        if postback.body.is_some() && postback.method == PostbackMethod::Get {
            let message = "a GET has no body";
            self.report(
                "method_body",
                "body",
                message,
                "use POST, or parameters in `url`",
            );
        }
        self.texts(&postback);
        postback
    }

    fn member(&mut self, postback: &mut SourcePostback, name: &str, value: &Value) {
        match name {
            "on" => {
                let words = PostbackEvent::ALL.map(|it| (it.word(), it));
                postback.on = self.word(name, value, &words).unwrap_or(postback.on);
            }
            "url" => postback.url = self.url(value),
            "method" => {
                let words = [PostbackMethod::Get, PostbackMethod::Post].map(|it| (it.word(), it));
                postback.method = self.word(name, value, &words).unwrap_or_default();
            }
            "headers" => postback.headers = self.headers(value),
            "body" => postback.body = self.body(value),
            "format" => {
                let words = [
                    ("json", PostbackFormat::Json),
                    ("form", PostbackFormat::Form),
                ];
                postback.format = self.word(name, value, &words).unwrap_or_default();
            }
            "signature" => {
                let words = [("standard_webhooks", PostbackSignature::StandardWebhooks)];
                postback.signature = self.word(name, value, &words);
            }
            _ => {
                let path = format!("{}.{name}", self.path);
                self.problems.push(unknown_member(path, name, &MEMBERS));
            }
        }
    }

    fn word<T: Copy>(&mut self, name: &str, value: &Value, words: &[(&str, T)]) -> Option<T> {
        let said = value.as_str().unwrap_or_default();
        let found = words.iter().find(|(word, _)| *word == said);
        if found.is_none() {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let hint = match closest(said, known.iter().copied()) {
                Some(close) => format!("did you mean `{close}`?"),
                None => format!("one of {}", known.join(", ")),
            };
            let message = format!("{value} means nothing as `{name}`");
            self.report("unknown_label", name, message, &hint);
        }
        found.map(|(_, meant)| *meant)
    }

    fn url(&mut self, value: &Value) -> String {
        let Some(text) = value.as_str().filter(|text| text.len() <= URL_BYTES_MAX) else {
            let message = format!("`url` is a text of at most {URL_BYTES_MAX} bytes");
            self.report("wrong_type", "url", message, "write it in quotes");
            return String::new();
        };
        let url = match Url::parse(&filled(text, "x")) {
            Ok(url) => url,
            Err(error) => {
                // Not the address itself: it may hold a password.
                let message = format!("this is not an address: {error}");
                let hint = "write it like https://tracker.example/postback?cid={click_id}";
                self.report("url_invalid", "url", message, hint);
                return text.to_owned();
            }
        };
        if !matches!(url.scheme(), "http" | "https") {
            let message = format!("`{}` addresses take no postbacks", url.scheme());
            self.report("url_scheme", "url", message, "use https, or http");
        } else if !keeps_to_one_origin(text) {
            let message = "a macro stands before the path, so that a lead could choose the host";
            let hint = "put macros into the path or the parameters";
            self.report("macro_in_host", "url", message, hint);
        }
        if !url.username().is_empty() || url.password().is_some() {
            let message = "the address holds a user or a password";
            let hint = "put them into a header, with the secret `postback_token` as `{token}`";
            self.report("url_userinfo", "url", message, hint);
        }
        if url.fragment().is_some() {
            let message = "the address ends in a `#` part, which is never sent";
            self.report("url_fragment", "url", message, "leave it out");
        }
        text.to_owned()
    }

    fn headers(&mut self, value: &Value) -> BTreeMap<String, String> {
        let Some(members) = value
            .as_object()
            .filter(|members| members.len() <= HEADERS_MAX)
        else {
            let message = format!("`headers` holds at most {HEADERS_MAX} texts by name");
            let hint = r#"write {"X-Source": "{source}"}"#;
            self.report("wrong_type", "headers", message, hint);
            return BTreeMap::new();
        };
        let mut headers = BTreeMap::new();
        for (name, value) in members {
            let place = format!("headers.{name}");
            let is_token =
                |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
            if FORBIDDEN_HEADERS.contains(&name.to_ascii_lowercase().as_str()) {
                let message = format!("the header `{name}` is not the postback's to set");
                self.report("header_forbidden", &place, message, "leave it out");
            } else if name.is_empty() || !name.bytes().all(is_token) {
                let message = format!("`{name}` is not the name of a header");
                self.report("header_name", &place, message, "letters, digits and `-`");
            }
            match value.as_str() {
                Some(text) if !text.chars().any(char::is_control) => {
                    headers.insert(name.clone(), text.to_owned());
                }
                _ => {
                    let message = "the value of a header is a text on one line";
                    self.report("header_value", &place, message, "write it on one line");
                }
            }
        }
        headers
    }

    fn body(&mut self, value: &Value) -> Option<Map<String, Value>> {
        let fits = value.to_string().len() <= BODY_BYTES_MAX;
        let Some(members) = value.as_object().filter(|_| fits) else {
            let message = format!("`body` is an object of at most {BODY_BYTES_MAX} bytes");
            let hint = r#"write {"click": "{click_id}"}"#;
            self.report("wrong_type", "body", message, hint);
            return None;
        };
        Some(members.clone())
    }

    /// What is wrong with macros, and with a form of more than texts.
    fn texts(&mut self, postback: &SourcePostback) {
        if postback.format == PostbackFormat::Form {
            let nested = postback.body.iter().flatten();
            let nested = nested.filter(|(_, value)| value.is_object() || value.is_array());
            for (name, _) in nested {
                let place = format!("body.{name}");
                let message = "a form has texts, numbers and booleans only";
                self.report("body_shape", &place, message, "use format `json`");
            }
        }
        for (place, text) in postback.texts() {
            for piece in pieces(text) {
                match piece {
                    Piece::Open => {
                        let message = "a `{` is not closed";
                        self.report("macro_open", &place, message, "close it with `}`");
                    }
                    Piece::Macro(name) if !is_known(name) => {
                        let hint = match closest(name, MACROS.iter().copied()) {
                            Some(close) => format!("did you mean `{{{close}}}`?"),
                            None => format!(
                                "macros are {}, and {{lead.<field>}}",
                                MACROS.map(|it| format!("{{{it}}}")).join(", ")
                            ),
                        };
                        let message = format!("`{{{name}}}` stands for nothing");
                        self.report("unknown_macro", &place, message, &hint);
                    }
                    Piece::Macro(_) | Piece::Text(_) => {}
                }
            }
        }
    }
}
