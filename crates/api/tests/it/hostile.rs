//! What nobody sends who means well: every endpoint refuses it, and no other request notices.

use serde_json::json;
use url::form_urlencoded::byte_serialize;

use crate::site::{Answer, FLOW, Site};

const JSON: &str = "Content-Type: application/json";

/// Fragments that double at each level behind an operation that asks for nothing, and nested lists.
fn bombs() -> Vec<String> {
    let doubling = |levels: usize| {
        let fragments =
            (0..levels).map(|n| format!("fragment F{n} on Query{{...F{0} ...F{0}}} ", n + 1));
        let fragments: String = fragments.collect();
        format!("{fragments}fragment F{levels} on Query{{__typename}}")
    };
    vec![
        format!("{{lead(id:{}{}){{id}}}}", "[".repeat(339), "]".repeat(339)),
        format!("{{lead(id:{}", "{a:".repeat(3_000)),
        format!("{{{}", "...on Query{".repeat(1_500)),
        format!("query A{{__typename}} query B{{...F0}} {}", doubling(20)),
        format!("query A{{...F0}} {}", doubling(60)),
        "{...A} fragment A on Query{...B} fragment B on Query{...A}".to_owned(),
    ]
}

/// By POST and by GET, with a token and without.
async fn ask(site: &Site, token: Option<&str>, document: &str) -> [Answer; 2] {
    let bearer = token.map(|token| format!("Authorization: Bearer {token}"));
    let bearer = bearer.as_deref().unwrap_or("X-Nobody: yes");
    let body = json!({ "query": document, "operationName": "A" }).to_string();
    let query: String = byte_serialize(document.as_bytes()).collect();
    [
        site.send("POST /graphql", &[JSON, bearer], body.as_bytes())
            .await,
        site.send(&format!("GET /graphql?query={query}"), &[bearer], b"")
            .await,
    ]
}

#[tokio::test]
async fn documents_that_nest_or_multiply_are_refused_at_once() {
    let site = Site::open().await;
    for document in bombs() {
        for answer in ask(&site, None, &document).await {
            assert_eq!(answer.status, 401, "{}", answer.text);
        }
        for answer in ask(&site, Some(site.token("source")), &document).await {
            assert_eq!(answer.status, 400, "{}", answer.text);
            let code = &answer.json()["errors"][0]["extensions"]["code"];
            assert_eq!(code, "BAD_REQUEST");
        }
    }
}

#[tokio::test]
async fn variables_nest_as_deep_as_json_may_and_no_deeper() {
    let site = Site::open().await;
    for (depth, status) in [(60, 200), (500, 400), (100_000, 400)] {
        let nested = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        for member in ["variables", "extensions"] {
            let body =
                format!(r#"{{"query": "{{viewer{{role}}}}", "{member}": {{"x": {nested}}}}}"#);
            let bearer = format!("Authorization: Bearer {}", site.token("analyst"));
            let answer = site
                .send("POST /graphql", &[JSON, &bearer], body.as_bytes())
                .await;
            assert_eq!(answer.status, status, "{depth} {member}: {}", answer.text);
        }
    }
}

#[tokio::test]
async fn what_is_written_in_json_or_toml_nests_no_deeper_than_its_parser_bears() {
    let site = Site::open().await;
    let toml = "Content-Type: application/toml";
    let n = 9_000;
    let put = format!("PUT /v1/flows/{FLOW}/draft");
    let postback = format!("POST /v1/postbacks/{}", site.token("postback"));
    let (admin, source) = (
        format!("Authorization: Bearer {}", site.token("admin")),
        format!("Authorization: Bearer {}", site.token("source")),
    );
    let lines = "Content-Type: application/x-ndjson";
    let objects = format!("{}1{}", r#"{"a":"#.repeat(n), "}".repeat(n));
    let just = format!(
        r#"{{"flow": "{FLOW}", "nodes": {{"a": {}1{}}}}}"#,
        "[".repeat(120),
        "]".repeat(120)
    );
    let predicate = format!(
        r#"{{"flow": "{FLOW}", "nodes": {{"a": {{"kind": "when", "if": "{}"}}}}}}"#,
        "(".repeat(n)
    );
    for (request, headers, body) in [
        (
            put.as_str(),
            [toml, &admin],
            format!("a = {}", "[".repeat(n)),
        ),
        (&put, [toml, &admin], format!("a = {}", "{a=".repeat(n))),
        (&put, [toml, &admin], format!("{}a = 1", "a.".repeat(n))),
        (&put, [toml, &admin], format!("[{}a]", "a.".repeat(n))),
        (&put, [JSON, &admin], objects.clone()),
        (&put, [JSON, &admin], just.clone()),
        (&put, [JSON, &admin], predicate),
        ("POST /v1/leads", [JSON, &source], objects.clone()),
        ("POST /v1/leads", [JSON, &source], just.clone()),
        (
            "POST /v1/leads",
            [lines, &source],
            format!("{objects}\n{just}\n"),
        ),
        (&postback, [JSON, &admin], objects),
    ] {
        let answer = site.send(request, &headers, body.as_bytes()).await;
        let is_refused = [400, 422].contains(&answer.status) || answer.text.contains("error");
        assert!(is_refused, "{request}: {} {}", answer.status, answer.text);
    }
}

#[tokio::test]
async fn no_answer_grows_with_the_mistakes_of_its_document() {
    let site = Site::open().await;
    let unknown = format!("{{{}}}", "a ".repeat(3_000));
    let unlike = format!("{{x:lead(a:1 b:1 c:1 d:1) {}}}", "x:lead ".repeat(1_000));
    for document in [unknown, unlike] {
        let [posted, _] = ask(&site, Some(site.token("source")), &document).await;
        assert!(posted.text.len() < 60_000, "{} bytes", posted.text.len());
        let left_out = posted.json()["extensions"]["errorsLeftOut"].as_u64();
        assert!(left_out.is_some_and(|n| n > 500), "{left_out:?}");
    }
}

#[tokio::test]
async fn a_nul_is_refused_wherever_it_stands() {
    let site = Site::open().await;
    for (query, variables) in [
        ("query($v:ID!){lead(id:$v){id}}", json!({ "v": "\0" })),
        ("query($v:ID!){node(id:$v){id}}", json!({ "v": "flow:\0" })),
        (
            "query($v:String){leads(after:$v){nodes{id}}}",
            json!({ "v": "1~1~\0" }),
        ),
        (
            "query($v:LeadFilterInput){leads(filter:$v){nodes{id}}}",
            json!({ "v": { "source": "a\0" } }),
        ),
        (
            "mutation($v:PutLeadSchemaInput!){putLeadSchema(input:$v){userErrors{code}}}",
            json!({ "v": { "vertical": "x", "fields": [{ "name": "\0" }] } }),
        ),
        ("{lead(id:\"\\u0000\"){id}}", json!({})),
        ("{lead(id:\"\0\"){id}}", json!({})),
    ] {
        let answer = site
            .post(
                "/graphql",
                "admin",
                &json!({ "query": query, "variables": variables }),
            )
            .await;
        let body = answer.json();
        let message = body["errors"][0]["message"].as_str().unwrap_or_default();
        assert!(message.contains("NUL"), "{query}: {body}");
    }
    let bearer = format!("Authorization: Bearer {}", site.token("source"));
    let show = site.send("GET /v1/leads/%00", &[&bearer], b"").await;
    assert_eq!((show.status, show.problems().len()), (400, 1));
    let long = format!("GET /v1/leads/{}", "x".repeat(5_000));
    assert_eq!(site.send(&long, &[&bearer], b"").await.status, 400);
    for body in [
        json!({ "flow": "\0", "fields": {} }),
        json!({ "flow": FLOW, "fields": { "state": "C\0" } }),
        json!({ "flow": FLOW, "fields": { "\0": 1 } }),
        json!({ "flow": FLOW, "fields": { "state": "CA" }, "idempotency_key": "\0" }),
        json!({ "flow": FLOW, "fields": { "state": "CA" }, "sub_id_3": "\0" }),
        json!({ "flow": FLOW, "fields": { "state": "CA" }, "sub_id_3": "é".repeat(300) }),
    ] {
        let answer = site.post("/v1/leads", "source", &body).await;
        assert!(
            [404, 422].contains(&answer.status),
            "{body}: {}",
            answer.text
        );
    }
    let mut draft = crate::site::document();
    draft["nodes"]["nobody"]["reason"] = "not\0here".into();
    let bearer = format!("Authorization: Bearer {}", site.token("admin"));
    let draft = site
        .send(
            &format!("PUT /v1/flows/{FLOW}/draft"),
            &[JSON, &bearer],
            draft.to_string().as_bytes(),
        )
        .await;
    assert_eq!(draft.problems(), ["malformed nodes.nobody.reason"]);
    assert_eq!(site.n_leads().await, 0);
}

#[tokio::test]
async fn looking_has_no_effect() {
    let site = Site::open().await;
    let token = site.token("postback").to_owned();
    let address = format!("/v1/postbacks/{token}?click_id=clk_1&payout=9");
    let look = site.send(&format!("HEAD {address}"), &[], b"").await;
    assert_eq!(
        (look.status, look.headers["allow"].as_str()),
        (405, "GET, POST")
    );
    let conversions = "{conversions{nodes{id}}}";
    let read = site.ask("admin", conversions, json!({})).await;
    assert_eq!(read["conversions"]["nodes"], json!([]));
    let body = json!({ "query": "{__typename}" }).to_string();
    assert_eq!(
        site.send("HEAD /graphql", &[JSON], body.as_bytes())
            .await
            .status,
        405
    );
    assert_eq!(site.send("HEAD /v1/leads", &[JSON], b"").await.status, 405);
    assert_eq!(site.send("HEAD /livez", &[], b"").await.status, 200);
}

#[tokio::test]
async fn compressed_bodies_are_refused_by_name_at_every_endpoint() {
    let site = Site::open().await;
    let (gzip, lines) = (
        "Content-Encoding: gzip",
        "Content-Type: application/x-ndjson",
    );
    let bearer = |role: &str| format!("Authorization: Bearer {}", site.token(role));
    let (source, admin) = (bearer("source"), bearer("admin"));
    let postback = format!("POST /v1/postbacks/{}", site.token("postback"));
    let draft = format!("PUT /v1/flows/{FLOW}/draft");
    for (request, headers) in [
        ("POST /graphql", [JSON, &admin]),
        ("POST /v1/leads", [JSON, &source]),
        ("POST /v1/leads", [lines, &source]),
        (postback.as_str(), [JSON, "X-Nothing: x"]),
        (draft.as_str(), [JSON, &admin]),
    ] {
        let headers: Vec<&str> = headers.into_iter().chain([gzip]).collect();
        let answer = site.send(request, &headers, b"\x1f\x8b\x08").await;
        assert_eq!(answer.status, 415, "{request}: {}", answer.text);
        assert!(answer.text.contains("gzip"), "{request}: {}", answer.text);
    }
}

#[tokio::test]
async fn a_byte_order_mark_before_a_body_is_passed_over() {
    let site = Site::open().await;
    let lead = json!({ "flow": FLOW, "fields": { "state": "CA" } });
    let bearer = format!("Authorization: Bearer {}", site.token("source"));
    for media_type in [JSON, "Content-Type: application/x-ndjson"] {
        let body = format!("\u{feff}{lead}\n");
        let answer = site
            .send("POST /v1/leads", &[media_type, &bearer], body.as_bytes())
            .await;
        assert!(answer.text.contains("declined"), "{}", answer.text);
    }
    let query = format!("\u{feff}{}", json!({ "query": "{viewer{role}}" }));
    let answer = site
        .send("POST /graphql", &[JSON, &bearer], query.as_bytes())
        .await;
    assert_eq!(answer.json()["data"]["viewer"]["role"], "SOURCE");
}

#[tokio::test]
async fn an_answer_that_is_not_wanted_is_not_given() {
    let site = Site::open().await;
    let bearer = format!("Authorization: Bearer {}", site.token("source"));
    let query = json!({ "query": "{viewer{role}}" }).to_string();
    let accept = "Accept: application/json;q=0";
    let answer = site
        .send("POST /graphql", &[JSON, &bearer, accept], query.as_bytes())
        .await;
    assert_eq!(answer.status, 406);
}
