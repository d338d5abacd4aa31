//! What is said of a predicate before anybody writes it into a flow.

use pointsman_flow::Document;
use serde_json::{Value, json};

use crate::site::{FLOW, Site, document};

const ASK: &str = "query($flow: String!, $cel: String!, $leads: Int) { predicate(flow: $flow, cel: $cel, leads: $leads) {
    reads diagnostics { code severity node part span { from to } }
    history { leads from unreadable matched unknown matchedRevenue currency missing { field leads } examples { id fields } } } }";

async fn asked(site: &Site, cel: &str) -> Value {
    let variables = json!({"flow": FLOW, "cel": cel});
    site.ask("analyst", ASK, variables).await["predicate"].clone()
}

/// Sends leads that nobody takes.
async fn send(site: &Site, leads: &[Value]) {
    for fields in leads {
        let is_test = fields["state"] == "NY";
        let body = json!({"flow": FLOW, "fields": fields, "test": is_test});
        let answer = site.post("/v1/leads", "source", &body).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
}

fn counts(said: &Value) -> [i64; 3] {
    ["leads", "matched", "unknown"].map(|name| said["history"][name].as_i64().unwrap_or(-1))
}

#[tokio::test]
async fn it_is_asked_of_the_newest_leads_and_says_what_they_lack() {
    let site = Site::open().await;
    let none = asked(&site, "age >= 30").await;
    assert_eq!(counts(&none), [0, 0, 0], "{none:#}");
    assert_eq!(none["history"]["from"], Value::Null);
    send(
        &site,
        &[
            json!({"state": "CA", "age": 20}),
            json!({"state": "CA", "age": 40}),
            json!({"state": "TX"}),
            json!({"state": "NY", "age": 40}),
            json!({"state": "TX", "age": 50}),
        ],
    )
    .await;
    let said = asked(&site, "age >= 30 // a comment").await;
    assert_eq!(said["reads"], json!(["age"]), "{said:#}");
    assert_eq!(
        counts(&said),
        [4, 2, 1],
        "a test lead counts for nothing: {said:#}"
    );
    assert_eq!(
        said["history"]["missing"],
        json!([{"field": "age", "leads": 1}])
    );
    assert_eq!(said["history"]["currency"], "USD");
    let ages: Vec<&Value> = said["history"]["examples"]
        .as_array()
        .unwrap()
        .iter()
        .map(|lead| &lead["fields"]["age"])
        .collect();
    assert_eq!(ages, [&json!(50), &json!(40)], "the newest first");

    // What is known may decide without what is not.
    let either = asked(&site, "state == \"TX\" || age >= 30").await;
    assert_eq!(counts(&either), [4, 3, 0], "{either:#}");
    let newest = json!({"flow": FLOW, "cel": "true", "leads": 2});
    let newest = site.ask("analyst", ASK, newest).await;
    assert_eq!(counts(&newest["predicate"]), [2, 2, 0], "{newest:#}");
}

#[tokio::test]
async fn it_may_read_the_computed_values_of_the_draft() {
    let site = Site::open().await;
    send(
        &site,
        &[
            json!({"state": "CA", "age": 20}),
            json!({"state": "TX", "age": 50}),
        ],
    )
    .await;
    let unknown = asked(&site, "holds >= 10").await;
    assert_eq!(unknown["history"], Value::Null, "{unknown:#}");
    let mut draft = document();
    // A name that the question itself would take.
    draft["nodes"]["holds"] =
        json!({"kind": "scorecard", "points": [{"if": "age >= 30", "points": 10}]});
    let draft = Document::from_json(&draft.to_string()).unwrap();
    site.platform.control.save_draft(draft, None).await.unwrap();
    let said = asked(&site, "holds >= 10 && state != \"CA\"").await;
    assert_eq!(said["reads"], json!(["holds", "state"]), "{said:#}");
    assert_eq!(counts(&said), [2, 1, 0], "{said:#}");
}

#[tokio::test]
async fn nobody_finds_out_by_asking_what_they_may_not_read() {
    let site = Site::open().await;
    send(&site, &[json!({"state": "TX", "email": "ada@example.org"})]).await;
    let mut draft = document();
    draft["nodes"]["known"] =
        json!({"kind": "scorecard", "points": [{"if": "has(email)", "points": 1}]});
    draft["nodes"]["twice"] = json!({"kind": "derive", "value": "known * 2", "default": 0});
    let draft = Document::from_json(&draft.to_string()).unwrap();
    site.platform.control.save_draft(draft, None).await.unwrap();
    for cel in [
        "email == \"ada@example.org\"",
        "email.startsWith(\"a\")",
        "known >= 1",
        "twice >= 2",
    ] {
        let variables = json!({"flow": FLOW, "cel": cel});
        for (role, is_counted) in [("analyst", false), ("operator", false), ("editor", true)] {
            let said = site.ask(role, ASK, variables.clone()).await;
            let said = &said["predicate"];
            assert_eq!(said["diagnostics"], json!([]), "{cel}");
            assert_eq!(!said["history"].is_null(), is_counted, "{role}: {cel}");
            if is_counted {
                assert_eq!(counts(said), [1, 1, 0], "{cel}");
            }
        }
    }
}

#[tokio::test]
async fn mistakes_are_findings_with_their_bytes() {
    let site = Site::open().await;
    let text = "state in [\"🌵\", \"TX\"] && age == \"old\"";
    let said = asked(&site, text).await;
    let findings = said["diagnostics"].as_array().unwrap();
    let at = |finding: &Value| {
        let [from, to] = ["from", "to"].map(|end| finding["span"][end].as_u64().unwrap());
        text[usize::try_from(from).unwrap()..usize::try_from(to).unwrap()].to_owned()
    };
    let found: Vec<(&str, String)> = findings
        .iter()
        .map(|finding| (finding["code"].as_str().unwrap(), at(finding)))
        .collect();
    assert!(found.iter().any(|(_, at)| at.contains('🌵')), "{said:#}");
    assert!(found.iter().any(|(_, at)| at == "\"old\""), "{said:#}");
    assert_eq!(said["history"], Value::Null);
    for text in ["", "age >", "((((", "age >= 30 //", "nobody"] {
        let said = asked(&site, text).await;
        let is_mistaken = text != "age >= 30 //";
        assert_eq!(said["history"].is_null(), is_mistaken, "{text:?}: {said:#}");
        let n = said["diagnostics"].as_array().unwrap().len();
        assert_eq!(n > 0, is_mistaken, "{text:?}: {said:#}");
    }
    let long = asked(&site, &format!("age in [{}1]", "1, ".repeat(30_000))).await;
    assert_eq!(long["diagnostics"][0]["code"], "too_large", "{long:#}");
}

#[tokio::test]
async fn a_flow_that_is_not_there_has_no_answer_and_bad_numbers_are_refused() {
    let site = Site::open().await;
    let nobody = json!({"flow": "nobody", "cel": "true"});
    let said = site.ask("analyst", ASK, nobody).await;
    assert_eq!(said["predicate"], Value::Null);
    for leads in [0, -1, 20_001] {
        let variables = json!({"flow": FLOW, "cel": "true", "leads": leads});
        assert_eq!(
            site.codes("analyst", ASK, variables).await,
            ["BAD_USER_INPUT"]
        );
    }
    for role in ["source", "postback"] {
        let variables = json!({"flow": FLOW, "cel": "true"});
        assert_eq!(site.codes(role, ASK, variables).await, ["FORBIDDEN"]);
    }
}

#[tokio::test]
async fn leads_of_an_older_schema_are_counted_apart() {
    let site = Site::open().await;
    send(&site, &[json!({"state": "TX", "age": 50})]).await;
    let mut schema = crate::site::fields();
    let declared = schema.as_array_mut().unwrap();
    let age = declared.iter_mut().find(|it| it["name"] == "age").unwrap();
    *age = json!({"name": "age", "kind": "date"});
    let control = &site.platform.control;
    control.put_schema("auto", &schema).await.unwrap();
    let lead = json!({"state": "TX", "age": "1990-01-31"});
    send(&site, &[lead]).await;
    let said = asked(&site, "years(age, \"UTC\") >= 30").await;
    assert_eq!(counts(&said), [1, 1, 0], "{said:#}");
    assert_eq!(said["history"]["unreadable"], 1);
}
