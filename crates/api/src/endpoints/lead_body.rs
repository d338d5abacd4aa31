//! Leads in bodies and lines, read with all of their problems.

use pointsman_control::Principal;
use pointsman_engine::{LeadRequest, Mode};
use pointsman_lead::{Problem, closest, unstorable};
use serde_json::{Map, Value};

/// The members of a lead.
const MEMBERS: [&str; 12] = [
    "flow",
    "fields",
    "source",
    "sub_id_1",
    "sub_id_2",
    "sub_id_3",
    "sub_id_4",
    "sub_id_5",
    "idempotency_key",
    "test",
    "mode",
    "deadline_ms",
];

/// Most unknown members that are reported.
const UNKNOWN_MAX: usize = 100;

/// Most characters of a source or sub id.
const TEXT_MAX_CHARS: usize = 256;

/// Reads a lead.
///
/// * `header_key`: the request's `Idempotency-Key`.
pub(super) fn read(
    body: Value,
    principal: &Principal,
    header_key: Option<String>,
) -> Result<LeadRequest, Vec<Problem>> {
    let Value::Object(members) = body else {
        let problem = Problem::new("wrong_type", "", "a lead is a JSON object")
            .hint(r#"send {"flow": "…", "fields": {…}}"#);
        return Err(vec![problem]);
    };
    let mut reader = Reader {
        members,
        problems: Vec::new(),
    };
    let flow = reader.required_text("flow");
    let fields = reader.fields();
    let sub_ids =
        ["sub_id_1", "sub_id_2", "sub_id_3", "sub_id_4", "sub_id_5"].map(|name| reader.text(name));
    let source = reader.source(principal);
    let idempotency_key = reader.key(header_key);
    let is_test = reader.flag("test");
    let mode = reader.mode();
    let deadline_ms = reader.deadline();
    reader.finish()?;
    Ok(LeadRequest {
        flow,
        source,
        sub_ids,
        idempotency_key,
        fields,
        is_test,
        mode,
        deadline_ms,
        given: None,
    })
}

struct Reader {
    members: Map<String, Value>,
    problems: Vec<Problem>,
}

impl Reader {
    /// A member, unless it is missing or null.
    fn take(&mut self, name: &str) -> Option<Value> {
        self.members.remove(name).filter(|value| !value.is_null())
    }

    fn wrong_type(&mut self, name: &str, wanted: &str) {
        let problem = Problem::new("wrong_type", name, format!("`{name}` is {wanted}"));
        self.problems.push(problem.hint(format!("send {wanted}")));
    }

    fn text(&mut self, name: &str) -> Option<String> {
        if let Value::String(text) = self.take(name)? {
            // How long a key may be is known where it is used.
            let chars_max = if name == "idempotency_key" {
                usize::MAX
            } else {
                TEXT_MAX_CHARS
            };
            self.problems.extend(unstorable(name, &text, chars_max));
            Some(text)
        } else {
            self.wrong_type(name, "a text");
            None
        }
    }

    fn required_text(&mut self, name: &str) -> String {
        let n_before = self.problems.len();
        let text = self.text(name).unwrap_or_default();
        if text.is_empty() && self.problems.len() == n_before {
            let problem = Problem::new("missing_member", name, format!("`{name}` is missing"));
            self.problems
                .push(problem.hint("name the flow that routes the lead"));
        }
        text
    }

    fn fields(&mut self) -> Map<String, Value> {
        match self.take("fields") {
            Some(Value::Object(fields)) => return fields,
            Some(_) => self.wrong_type("fields", "an object"),
            None => {
                let problem = Problem::new("missing_member", "fields", "`fields` is missing");
                self.problems
                    .push(problem.hint("put the fields of the lead into it, by name"));
            }
        }
        Map::new()
    }

    /// The source of the token, or else of the body.
    fn source(&mut self, principal: &Principal) -> String {
        let given = self.text("source");
        match (&principal.source, given) {
            (Some(own), None) => own.clone(),
            (Some(own), Some(given)) if *own == given => given,
            (Some(own), Some(_)) => {
                let message = "the token is bound to another source";
                let problem = Problem::new("foreign_source", "source", message);
                self.problems
                    .push(problem.hint(format!("leave `source` out; it is `{own}`")));
                String::new()
            }
            (None, Some(given)) if !given.is_empty() => given,
            (None, _) => {
                let problem = Problem::new("missing_member", "source", "`source` is missing");
                self.problems.push(
                    problem.hint(
                        "name the source of the lead, or use a token that is bound to a source",
                    ),
                );
                String::new()
            }
        }
    }

    fn key(&mut self, header: Option<String>) -> Option<String> {
        let member = self.text("idempotency_key");
        if let (Some(member), Some(header)) = (&member, &header)
            && member != header
        {
            let message = "the header `Idempotency-Key` has another value";
            let problem = Problem::new("contradiction", "idempotency_key", message);
            self.problems.push(problem.hint("send one of the two"));
        }
        member.or(header)
    }

    fn flag(&mut self, name: &str) -> bool {
        match self.take(name) {
            None => false,
            Some(Value::Bool(flag)) => flag,
            Some(_) => {
                self.wrong_type(name, "true or false");
                false
            }
        }
    }

    fn mode(&mut self) -> Mode {
        match self.take("mode") {
            None => Mode::default(),
            Some(Value::String(mode)) if mode == "sync" => Mode::Sync,
            Some(Value::String(mode)) if mode == "async" => Mode::Async,
            Some(_) => {
                let problem = Problem::new("unknown_label", "mode", "`mode` is `sync` or `async`");
                self.problems
                    .push(problem.hint("`async` answers as soon as the lead is stored"));
                Mode::default()
            }
        }
    }

    fn deadline(&mut self) -> Option<u64> {
        let value = self.take("deadline_ms")?;
        let deadline = value.as_u64();
        if deadline.is_none() {
            self.wrong_type(
                "deadline_ms",
                "a whole number of milliseconds, 100 to 60000",
            );
        }
        deadline
    }

    fn finish(mut self) -> Result<(), Vec<Problem>> {
        let unknown = self
            .members
            .keys()
            .filter(|name| !MEMBERS.contains(&name.as_str()));
        for name in unknown.take(UNKNOWN_MAX) {
            let problem = Problem::new(
                "unknown_member",
                name,
                format!("`{name}` is not part of a lead"),
            );
            self.problems.push(match closest(name, MEMBERS) {
                Some(close) => problem.hint(format!("did you mean `{close}`?")),
                None => problem.hint("fields of the lead go into `fields`"),
            });
        }
        if self.problems.is_empty() {
            Ok(())
        } else {
            Err(self.problems)
        }
    }
}

#[cfg(test)]
mod tests {
    use pointsman_control::Role;
    use serde_json::json;

    use super::*;

    fn principal(source: Option<&str>) -> Principal {
        Principal {
            id: None,
            name: "web".to_owned(),
            role: Role::Source,
            source: source.map(str::to_owned),
            destination: None,
        }
    }

    fn problems(body: Value, source: Option<&str>) -> Vec<String> {
        let found = read(body, &principal(source), Some("k1".to_owned())).unwrap_err();
        found
            .into_iter()
            .map(|problem| format!("{} {}", problem.code, problem.path))
            .collect()
    }

    #[test]
    fn every_problem_is_reported_at_once() {
        let body = json!({
            "flow": 7, "fields": [], "sub_id_2": 1, "test": "yes", "mode": "later",
            "deadline_ms": -1, "idempotency_key": "k2", "feilds": {},
        });
        assert_eq!(
            problems(body, None),
            [
                "wrong_type flow",
                "wrong_type fields",
                "wrong_type sub_id_2",
                "missing_member source",
                "contradiction idempotency_key",
                "wrong_type test",
                "unknown_label mode",
                "wrong_type deadline_ms",
                "unknown_member feilds",
            ]
        );
        assert_eq!(problems(json!([]), None), ["wrong_type "]);
    }

    #[test]
    fn a_bound_token_says_who_the_source_is() {
        let body = json!({ "flow": "auto", "fields": {} });
        assert_eq!(
            read(body, &principal(Some("web")), None).unwrap().source,
            "web"
        );
        let foreign =
            json!({ "flow": "auto", "fields": {}, "source": "mail", "idempotency_key": "k1" });
        assert_eq!(problems(foreign, Some("web")), ["foreign_source source"]);
    }
}
