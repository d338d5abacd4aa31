//! GraphQL over HTTP: what counts as a request, and in which shape it is answered.

use serde_json::json;

use crate::site::{Answer, Site};

const JSON: &str = "Content-Type: application/json";
const ACCEPT: &str = "Accept: application/graphql-response+json";

async fn send(site: &Site, request: &str, headers: &[&str], body: &str) -> Answer {
    let bearer = format!("Authorization: Bearer {}", site.token("analyst"));
    let headers: Vec<&str> = headers.iter().copied().chain([bearer.as_str()]).collect();
    site.send(request, &headers, body.as_bytes()).await
}

#[tokio::test]
async fn requests_are_refused_by_their_shape() {
    let site = Site::open().await;
    let query = r#"{"query": "{ __typename }"}"#;
    let large = format!(
        r#"{{"query": "{{ __typename }}", "x": "{}"}}"#,
        "x".repeat(600 * 1024)
    );
    let cases: [(&str, &[&str], &str, u16); 15] = [
        ("POST /graphql", &[JSON], query, 200),
        ("POST /graphql", &["Content-Type: text/plain"], query, 415),
        (
            "POST /graphql",
            &["Content-Type: application/x-www-form-urlencoded"],
            "query={__typename}",
            415,
        ),
        ("POST /graphql", &[], query, 415),
        ("POST /graphql", &[JSON, "Accept: text/html"], query, 406),
        ("POST /graphql", &[JSON, ACCEPT], "{ not json", 400),
        ("POST /graphql", &[JSON, ACCEPT], "[]", 400),
        (
            "POST /graphql",
            &[JSON, ACCEPT],
            r#"[{"query": "{ __typename }"}]"#,
            400,
        ),
        ("POST /graphql", &[JSON, ACCEPT], r#"{"query": 7}"#, 400),
        (
            "POST /graphql",
            &[JSON, ACCEPT],
            r#"{"query": "{ __typename }", "variables": 7}"#,
            400,
        ),
        (
            "POST /graphql",
            &[JSON, ACCEPT],
            r#"{"query": "{ nothing }"}"#,
            400,
        ),
        ("POST /graphql", &[JSON], r#"{"query": "{ nothing }"}"#, 200),
        ("POST /graphql", &[JSON], &large, 413),
        ("PUT /graphql", &[JSON], query, 405),
        ("DELETE /graphql", &[], "", 405),
    ];
    for (request, headers, body, status) in cases {
        let answer = send(&site, request, headers, body).await;
        assert_eq!(
            answer.status, status,
            "{request} {headers:?} {}",
            answer.text
        );
        if status >= 400 {
            assert!(
                answer.json()["errors"][0]["extensions"]["code"].is_string(),
                "{}",
                answer.text
            );
        }
    }
}

#[tokio::test]
async fn queries_may_come_by_get_and_mutations_may_not() {
    let site = Site::open().await;
    let get = send(
        &site,
        "GET /graphql?query=%7Bviewer%7Brole%7D%7D",
        &[ACCEPT],
        "",
    )
    .await;
    assert_eq!(
        (get.status, get.json()["data"]["viewer"]["role"].as_str()),
        (200, Some("ANALYST"))
    );
    assert!(get.headers["content-type"].starts_with("application/graphql-response+json"));
    let mutation = "mutation%7BrevokeToken(input:%7Bid:%22x%22%7D)%7BuserErrors%7Bcode%7D%7D%7D";
    let refused = send(
        &site,
        &format!("GET /graphql?query={mutation}"),
        &[ACCEPT],
        "",
    )
    .await;
    assert_eq!(
        (refused.status, refused.headers["allow"].as_str()),
        (405, "GET, POST")
    );
    let both = "query%20A%7B__typename%7D%20mutation%20B%7BrevokeToken(input:%7Bid:%22x%22%7D)%7BuserErrors%7Bcode%7D%7D%7D";
    assert_eq!(
        send(
            &site,
            &format!("GET /graphql?operationName=A&query={both}"),
            &[ACCEPT],
            ""
        )
        .await
        .status,
        200
    );
    assert_eq!(
        send(
            &site,
            &format!("GET /graphql?operationName=B&query={both}"),
            &[ACCEPT],
            ""
        )
        .await
        .status,
        405
    );
}

#[tokio::test]
async fn without_a_token_only_the_typename_is_told() {
    let site = Site::open().await;
    let typename = site
        .post("/graphql", "", &json!({ "query": "{ __typename }" }))
        .await;
    assert_eq!(
        typename.json(),
        json!({ "data": { "__typename": "Query" } })
    );
    for query in [
        "{ viewer { name } }",
        "{ __schema { types { name } } }",
        "{ ... on Query { viewer { name } } }",
        "{ __typename __typename }",
        "query A { __typename } query B { viewer { name } }",
        "{ nonsense",
    ] {
        let refused = site.post("/graphql", "", &json!({ "query": query })).await;
        assert_eq!(refused.status, 401);
        assert_eq!(
            refused.json()["errors"][0]["extensions"]["code"],
            "UNAUTHENTICATED"
        );
        assert!(refused.json().get("data").is_none());
        let body = json!({ "query": query }).to_string();
        assert_eq!(
            site.send("POST /graphql", &[JSON, ACCEPT], body.as_bytes())
                .await
                .status,
            401
        );
    }
    let wrong = [JSON, "Authorization: Bearer pm_admin_0"];
    assert_eq!(
        site.send("POST /graphql", &wrong, br#"{"query": "{ __typename }"}"#)
            .await
            .status,
        401
    );
}

#[tokio::test]
async fn every_error_has_a_code() {
    let site = Site::open().await;
    for (query, code) in [
        ("{ nothing }", "BAD_REQUEST"),
        ("{ flows(first: 0) { nodes { name } } }", "BAD_USER_INPUT"),
        ("{ flows(first: 101) { nodes { name } } }", "BAD_USER_INPUT"),
        (
            "{ flows(after: \"x\") { nodes { name } } }",
            "BAD_USER_INPUT",
        ),
        (
            "{ leads(filter: { receivedFrom: \"soon\" }) { nodes { id } } }",
            "BAD_USER_INPUT",
        ),
        ("{ tokens { nodes { id } } }", "FORBIDDEN"),
        (
            "{ flowDiff(from: \"a\", to: \"b\") { message } }",
            "BAD_USER_INPUT",
        ),
        (
            "{ flowMoves(from: \"a\", to: \"b\") { toSemantics } }",
            "BAD_USER_INPUT",
        ),
    ] {
        let codes = site.codes("analyst", query, json!({})).await;
        assert_eq!(codes, [code], "{query}");
    }
}
