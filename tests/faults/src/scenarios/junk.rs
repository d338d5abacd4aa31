//! R9: bad input on every address that takes leads or settings.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use acceptance::caller::{Answer, Caller, try_answer};
use checker::records::JournalEntry;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::{
    arena::{Arena, Ground},
    market::{market, market_flow},
    now,
    outcome::Outcome,
    plan::Plan,
};

/// In which anything must be answered.
const ANSWER_MAX: Duration = Duration::from_secs(1);

/// A request that nobody should send.
struct Case {
    what: String,
    method: Method,
    path: &'static str,
    content_type: String,
    body: Vec<u8>,
}

/// All cases, as often as there are rounds.
pub(super) async fn run(plan: Plan) -> Option<Outcome> {
    let mut outcome = Outcome::of("R9", "SQLite", &plan);
    let arena = Arena::open(Ground::Sqlite, market(1_000), &market_flow()).await;
    let (source, admin) = (arena.source(0), arena.servers[0].admin());
    let (mut slowest, mut strange, mut n_cases) = (Duration::ZERO, Vec::new(), 0);
    let mut statuses: BTreeMap<u16, usize> = BTreeMap::new();
    for round in 0..plan.rounds {
        for (n, case) in cases(&plan, round).into_iter().enumerate() {
            let caller = if case.path == "/v1/leads" {
                &source
            } else {
                &admin
            };
            let key = format!("junk-{round}-{n}");
            let began = Instant::now();
            let got = try_answer(request(caller, &case, &key)).await;
            slowest = slowest.max(began.elapsed());
            n_cases += 1;
            match got {
                Ok(answer) => {
                    *statuses.entry(answer.status).or_default() += 1;
                    strange.extend(wrong(&case, &answer));
                    acknowledge(&arena, &case, &key, &answer);
                }
                // Whoever sends too much may be cut off.
                Err(error) if error.is_request() || error.is_body() => {}
                Err(error) => strange.push(format!("{}: {error:?}", case.what)),
            }
        }
    }
    let told = format!(
        "{n_cases} cases, by status {statuses:?}; {}",
        strange.join("; ")
    );
    outcome.must(
        "bad input is refused with a code, and breaks nothing",
        told,
        strange.is_empty(),
    );
    outcome.within("anything is answered", slowest, ANSWER_MAX);
    let after = source.lead(&good()).await;
    let sold = after.status == 200;
    outcome.must("good input is taken afterwards", after.status, sold);
    arena.close(&mut outcome).await;
    Some(outcome)
}

fn request(caller: &Caller, case: &Case, key: &str) -> RequestBuilder {
    let request = caller
        .request(case.method.clone(), case.path)
        .body(case.body.clone());
    request
        .header("content-type", &case.content_type)
        .header("Idempotency-Key", key)
}

/// What is wrong with an answer.
fn wrong(case: &Case, answer: &Answer) -> Option<String> {
    let Case { what, path, .. } = case;
    if answer.status >= 500 {
        return Some(format!(
            "{path} {what}: {} {}",
            answer.status,
            shortened(&answer.text)
        ));
    }
    let is_problem = answer
        .header("content-type")
        .starts_with("application/problem+json");
    let has_code = answer.text.contains("\"code\"");
    let is_refused = answer.status >= 400 && *path == "/v1/leads";
    (is_refused && !(is_problem && has_code)).then(|| {
        format!(
            "{path} {what}: {} without a code: {}",
            answer.status,
            shortened(&answer.text)
        )
    })
}

/// Enough of a text to know it by.
fn shortened(text: &str) -> String {
    text.chars().take(200).collect()
}

/// What was taken all the same must be there.
fn acknowledge(arena: &Arena, case: &Case, key: &str, answer: &Answer) {
    let body: Value = serde_json::from_str(&answer.text).unwrap_or_default();
    let text = |name: &str| body[name].as_str().map(str::to_owned);
    let lead_id = text("lead_id").filter(|_| case.path == "/v1/leads" && answer.status < 300);
    let Some(lead_id) = lead_id else { return };
    arena.journal.write(&JournalEntry::Acknowledged {
        at: now(),
        source: "web".to_owned(),
        key: key.to_owned(),
        lead_id,
        status: text("status").unwrap_or_default(),
        destination: text("destination"),
    });
}

fn good() -> Value {
    json!({
        "flow": "solar",
        "fields": {"home_owner": true, "roof": "flat", "age": 41, "phone": "+12025550143"},
    })
}

/// Values that a field of any kind may get.
fn values() -> Vec<(&'static str, String)> {
    let deep = |n: usize| "[".repeat(n) + &"]".repeat(n);
    vec![
        ("nothing", "null".to_owned()),
        ("a large number", "1e400".to_owned()),
        ("a small number", "-1e-400".to_owned()),
        ("no number", "NaN".to_owned()),
        ("infinity", "Infinity".to_owned()),
        ("a number of 400 digits", "9".repeat(400)),
        ("a fraction", "41.5".to_owned()),
        ("a negative number", "-1".to_owned()),
        ("a leading zero", "041".to_owned()),
        ("a lone surrogate", r#""\ud800""#.to_owned()),
        ("a zero byte", r#""a\u0000b""#.to_owned()),
        ("text from right to left", r#""\u202eabc\u202d""#.to_owned()),
        ("a line break", r#""a\r\nX-Injected: 1""#.to_owned()),
        ("SQL", r#""'; DROP TABLE lead; --""#.to_owned()),
        (
            "a template",
            r#""{{secret.key}} ${jndi:ldap://x}""#.to_owned(),
        ),
        ("a path", r#""../../../../etc/passwd""#.to_owned()),
        ("markup", r#""<script>alert(1)</script>""#.to_owned()),
        ("an empty text", r#""""#.to_owned()),
        ("a text of 100 KB", format!("\"{}\"", "x".repeat(100_000))),
        (
            "combining marks",
            format!("\"{}\"", "e\u{301}".repeat(2_000)),
        ),
        ("a list", "[1, 2]".to_owned()),
        ("an object", r#"{"a": {"b": 1}}"#.to_owned()),
        ("a deep list", deep(100)),
        ("a very deep list", deep(5_000)),
        ("true", "true".to_owned()),
        ("a phone without a country", r#""2025550143""#.to_owned()),
        ("a phone with letters", r#""+1-202-CALL-NOW""#.to_owned()),
        (
            "a phone of 30 digits",
            r#""+120255501431202555014312025550143""#.to_owned(),
        ),
        ("Arabic digits", r#""+\u0661\u0662\u0663""#.to_owned()),
    ]
}

/// Whole bodies.
fn bodies() -> Vec<(&'static str, Vec<u8>)> {
    let good = good().to_string();
    let many = |n: usize| -> String {
        let members: Vec<String> = (0..n).map(|n| format!("\"f{n}\": {n}")).collect();
        format!(
            "{{\"flow\": \"solar\", \"fields\": {{{}}}}}",
            members.join(", ")
        )
    };
    let text = |text: &str| text.as_bytes().to_vec();
    let aliases: Vec<String> = (0..5_000).map(|n| format!("a{n}:epoch")).collect();
    vec![
        ("nothing", Vec::new()),
        ("a space", text(" ")),
        ("half of a lead", text(&good[..good.len() / 2])),
        ("a lead and a half", text(&format!("{good}{}", &good[..20]))),
        ("two leads", text(&format!("{good}{good}"))),
        (
            "a name twice",
            text(r#"{"flow": "solar", "flow": "solar", "fields": {}}"#),
        ),
        (
            "a byte order mark",
            [&[0xef, 0xbb, 0xbf], good.as_bytes()].concat(),
        ),
        ("bytes that are no text", vec![0xff, 0xfe, 0x00, 0x80]),
        (
            "UTF-16",
            good.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        ),
        ("a list", text(&format!("[{good}]"))),
        ("a text", text("\"lead\"")),
        ("a number", text("7")),
        ("nested 100,000 deep", text(&"{\"a\":".repeat(100_000))),
        ("10,000 fields", text(&many(10_000))),
        ("10 MB", text(&format!("\"{}\"", "x".repeat(10_000_000)))),
        ("zero bytes", vec![0; 1_000]),
        ("a comment", text(&format!("/* hello */ {good}"))),
        ("single quotes", text(&good.replace('"', "'"))),
        ("another flow", text(r#"{"flow": "none", "fields": {}}"#)),
        ("no flow", text(r#"{"fields": {}}"#)),
        ("no fields", text(r#"{"flow": "solar"}"#)),
        (
            "an unknown member",
            text(r#"{"flow": "solar", "fields": {}, "__proto__": {"a": 1}}"#),
        ),
        (
            "a wrong mode",
            text(r#"{"flow": "solar", "fields": {}, "mode": "later"}"#),
        ),
        (
            "a wrong deadline",
            text(r#"{"flow": "solar", "fields": {}, "deadline_ms": -1}"#),
        ),
        (
            "a document of GraphQL",
            text(&json!({"query": "{".repeat(10_000)}).to_string()),
        ),
        (
            "a deep document of GraphQL",
            text(&json!({"query": "{node(id:1){id ".repeat(500)}).to_string()),
        ),
        (
            "many aliases",
            text(&json!({"query": format!("{{{}}}", aliases.join(" "))}).to_string()),
        ),
        (
            "variables that are none",
            text(r#"{"query": "{epoch}", "variables": 7}"#),
        ),
        (
            "a batch",
            text(&format!(
                "[{}]",
                vec![r#"{"query": "{epoch}"}"#; 500].join(",")
            )),
        ),
    ]
}

const LINES: &str = "application/x-ndjson";
const FORM: &str = "application/x-www-form-urlencoded";

fn cases(plan: &Plan, round: u64) -> Vec<Case> {
    let mut cases = Vec::new();
    for field in ["home_owner", "roof", "age", "phone", "unknown"] {
        for (what, value) in values() {
            let body = with_field(field, &value);
            cases.push(case(
                format!("{what} as {field}"),
                "/v1/leads",
                "application/json",
                body,
            ));
        }
    }
    for (what, body) in bodies() {
        for content_type in [
            "application/json",
            LINES,
            FORM,
            "text/plain; charset=utf-7",
            "multipart/form-data; boundary=x",
        ] {
            cases.push(case(
                format!("{what} as {content_type}"),
                "/v1/leads",
                content_type,
                body.clone(),
            ));
        }
        cases.push(case(
            what.to_owned(),
            "/graphql",
            "application/json",
            body.clone(),
        ));
        let mut draft = case(
            what.to_owned(),
            "/v1/flows/solar/draft",
            "application/json",
            body,
        );
        draft.method = Method::PUT;
        cases.push(draft);
    }
    let good = good().to_string();
    for n in 0..80 {
        let mut bytes = good.clone().into_bytes();
        let at = usize::try_from(plan.draw(round, 2 * n, bytes.len() as u64)).unwrap();
        bytes[at] = u8::try_from(plan.draw(round, 2 * n + 1, 256)).unwrap();
        let what = format!("byte {at} of a lead is {}", bytes[at]);
        cases.push(case(what, "/v1/leads", "application/json", bytes));
    }
    cases
}

fn case(what: String, path: &'static str, content_type: &str, body: Vec<u8>) -> Case {
    Case {
        what,
        method: Method::POST,
        path,
        content_type: content_type.to_owned(),
        body,
    }
}

/// A good lead but for one field, whose value may be no JSON.
fn with_field(field: &str, value: &str) -> Vec<u8> {
    let mut lead = good();
    lead["fields"][field] = json!("@@");
    lead.to_string().replace("\"@@\"", value).into_bytes()
}
