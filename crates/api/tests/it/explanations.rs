//! Why, and why not: explanations beside the decisions that they explain.

use std::collections::BTreeMap;

use axum::{Router, http::StatusCode, routing::post};
use futures_util::future::join_all;
use pointsman_control::{NewDestination, Publication};
use pointsman_flow::Document;
use pointsman_history::{Candidate, CandidateOutcome, Explanation, StepExplanation, Turn, explain};
use pointsman_lead::{Id, Timestamp};
use pointsman_ledger::Unavailability;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::site::{FLOW, Site};

/// A flow with every kind of choice, and destinations that are shut in every way.
fn document() -> Value {
    json!({
        "flow": "story", "vertical": "auto", "currency": "USD", "root": "start",
        "nodes": {
            "start": {"kind": "table", "columns": ["state", "age"], "otherwise": "market", "rows": [
                {"cells": [["TX"], {"to": 21}], "to": "nobody"},
                {"cells": [["CA"], {"from": 40}], "to": "picked"},
                {"cells": [["CA"], null], "to": "learned"},
                {"cells": [["TX"], null], "if": "has(age)", "to": "tried"}]},
            "learned": {"kind": "bandit", "explore_ppm": 50_000, "arms": [{"to": "yes"}, {"to": "capped"}]},
            "picked": {"kind": "split", "arms": [
                {"weight_ppm": 500_000, "to": "yes"}, {"weight_ppm": 500_000, "to": "capped"}]},
            "tried": {"kind": "waterfall",
                "to": ["asleep", "off", "choosy", "broken", "capped", "no", "turns", "halves"]},
            "turns": {"kind": "rotate", "by": "least_recently_sold", "arms": [{"to": "no"}, {"to": "asleep"}]},
            "halves": {"kind": "split", "arms": [
                {"weight_ppm": 500_000, "to": "yes"}, {"weight_ppm": 500_000, "to": "no"}]},
            "market": {"kind": "auction", "reserve": "6", "bidders": [{"to": "yes"}, {"to": "choosy"}]},
            "nobody": {"kind": "reject", "reason": "too young"},
            "yes": {"kind": "destination"}, "no": {"kind": "destination"}, "off": {"kind": "destination"},
            "capped": {"kind": "destination"}, "broken": {"kind": "destination"},
            "asleep": {"kind": "destination"}, "choosy": {"kind": "destination"},
        },
    })
}

/// A site with the flow above, and the address of buyers who take every lead or none.
async fn site() -> (Site, String) {
    let site = Site::open().await;
    let buyers = Router::new()
        .route("/yes", post(|| async { StatusCode::OK }))
        .route("/no", post(|| async { StatusCode::CONFLICT }));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, buyers).await });
    let at = site.platform.engine.clock().now();
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let today = usize::from(pointsman_lead::Zone::utc().weekday(at).number() - 1);
    let asleep =
        json!({"open": [{"days": [days[(today + 3) % 7]], "from": "09:00", "to": "17:00"}]});
    let destinations = [
        ("yes", "yes", json!({"price": "5.00"})),
        ("no", "no", json!({})),
        ("off", "yes", json!({"active": false})),
        (
            "capped",
            "yes",
            json!({"caps": [{"kind": "offers", "max": 3, "window": "lifetime"}]}),
        ),
        ("asleep", "yes", json!({"schedule": asleep})),
        (
            "choosy",
            "yes",
            json!({"price": "9.00", "criteria": "has(age) && age >= 40"}),
        ),
    ];
    for (name, path, settings) in destinations {
        put(&site, name, &format!("http://{address}/{path}"), settings).await;
    }
    // Nothing listens there.
    put(&site, "broken", "http://127.0.0.1:9/leads", json!({})).await;
    publish(&site, &document()).await;
    (site, format!("http://{address}"))
}

async fn put(site: &Site, name: &str, url: &str, settings: Value) {
    let new = NewDestination {
        name: name.to_owned(),
        target: json!({"url": url}),
        settings,
        vertical: Some("auto".to_owned()),
        expected_revision: None,
    };
    site.platform.control.put_destination(new).await.unwrap();
}

/// Publishes a version, and gives its hash; the first one of a flow is live.
async fn publish(site: &Site, document: &Value) -> String {
    let document = Document::from_json(&document.to_string()).unwrap();
    let flow = document.flow.clone();
    site.platform
        .control
        .save_draft(document, None)
        .await
        .unwrap();
    let publication = Publication {
        flow,
        message: "for a story".to_owned(),
        author: "tests".to_owned(),
        expected_revision: None,
        set_live_if_first: true,
    };
    let published = site.platform.control.publish(publication).await.unwrap();
    published.version.hash
}

/// Sends a lead of a source under a key, and gives the id of its decision.
async fn decide(site: &Site, key: &str, fields: &Value) -> String {
    let lead = json!({"flow": "story", "fields": fields, "idempotency_key": key});
    let answer = site.post("/v1/leads", "source", &lead).await;
    assert!(answer.status < 300, "{answer:?}");
    answer.json()["decision_id"].as_str().unwrap().to_owned()
}

fn leads() -> impl Iterator<Item = Value> {
    let ages = [json!(18), json!(30), json!(50), Value::Null];
    let states = ["CA", "TX", "NY", "TX"];
    (0..48).map(move |n| json!({"state": states[n % 4], "age": ages[n / 4 % 4].clone()}))
}

/// What must be true of each candidate, whatever became of the lead.
fn check_candidate(step: &StepExplanation, candidate: &Candidate) {
    let Candidate {
        outcome,
        probability,
        criteria,
        unavailable,
        diverted_by,
        detail,
        ..
    } = candidate;
    let told = format!("{candidate:#?}");
    assert!(!detail.is_empty(), "{told}");
    let is_wanted = criteria.iter().all(|asked| asked.answer == Some(true));
    match outcome {
        CandidateOutcome::Offered => {
            assert_eq!(probability.to_bits(), step.propensity.to_bits(), "{told}");
        }
        CandidateOutcome::AlreadyOffered
        | CandidateOutcome::Pinged
        | CandidateOutcome::DeadlinePassed => {}
        CandidateOutcome::Inactive => {
            assert_eq!(unavailable[0], Unavailability::Inactive, "{told}");
        }
        CandidateOutcome::Schedule => {
            let opens = |unavailability: &Unavailability| matches!(unavailability, Unavailability::Schedule { opens_at: Some(at), .. } if *at > step.at);
            assert!(unavailable.iter().any(opens), "{told}");
        }
        CandidateOutcome::Cap => {
            let full = |unavailability: &Unavailability| {
                matches!(
                    unavailability,
                    Unavailability::Cap {
                        max: 3,
                        used: 3,
                        ..
                    }
                )
            };
            assert!(unavailable.iter().any(full), "{told}");
        }
        CandidateOutcome::Breaker => {
            let rests = |unavailability: &Unavailability| matches!(unavailability, Unavailability::Breaker { failures: 5.., until, .. } if *until > step.at);
            assert!(unavailable.iter().any(rests), "{told}");
        }
        CandidateOutcome::Duplicate => panic!("no rule about duplicates is here: {told}"),
        CandidateOutcome::CapOrBreaker => panic!("history tells the two apart: {told}"),
        CandidateOutcome::Criteria => assert!(unavailable.is_empty() && !is_wanted, "{told}"),
        CandidateOutcome::NotReached | CandidateOutcome::NotDrawn => {
            assert!(unavailable.is_empty() && is_wanted, "{told}");
            assert_eq!(
                *outcome == CandidateOutcome::NotDrawn,
                *probability > 0.0,
                "{told}"
            );
            assert!(step.kind == Turn::Done || !diverted_by.is_empty(), "{told}");
        }
    }
}

/// Compares an explanation with what is stored of its decision.
async fn check(site: &Site, explanation: &Explanation, seen: &mut BTreeMap<String, usize>) {
    assert_eq!(explanation.mismatches, [], "{}", explanation.to_text());
    let id = explanation.decision_id.unwrap();
    let stored = site.platform.engine.store().read();
    let stored = stored.steps_of_decisions(&[id.to_string()]).await.unwrap();
    assert_eq!(explanation.steps.len(), stored.len());
    for step in &explanation.steps {
        let row = stored.iter().find(|row| row.n == step.n).unwrap();
        let offered = step.candidates.iter();
        let offered = offered.filter(|candidate| candidate.outcome == CandidateOutcome::Offered);
        let offered: Vec<&str> = offered.map(|it| it.destination.as_str()).collect();
        assert_eq!(
            offered,
            row.destination.as_deref().into_iter().collect::<Vec<_>>()
        );
        assert_eq!(step.propensity.to_bits(), row.propensity.to_bits());
        assert_eq!(step.choices.len(), step.path.len());
        for (choice, record) in step.choices.iter().zip(&step.path) {
            assert_eq!(choice.node, record.node);
            assert_eq!(choice.rule.is_some(), choice.kind == "table");
            assert_eq!(
                choice.draw.is_some(),
                ["split", "bandit"].contains(&choice.kind)
            );
            if let Some(draw) = &choice.draw {
                let mut arms = draw.arms.iter();
                let taken = arms.find(|share| Some(&share.arm) == record.arm.as_ref());
                assert!(taken.unwrap().score.unwrap() >= 0.0);
            }
        }
        for candidate in &step.candidates {
            check_candidate(step, candidate);
            *seen.entry(format!("{:?}", candidate.outcome)).or_default() += 1;
        }
    }
}

#[tokio::test]
async fn explanations_and_decisions_agree_about_everything() {
    let (site, _) = site().await;
    let mut ids = Vec::new();
    for (n, fields) in leads().enumerate() {
        ids.push(decide(&site, &format!("lead-{n}"), &fields).await);
    }
    // All at once, so that offers await their answer while others are decided.
    let at_once = leads().enumerate().map(|(n, fields)| {
        let site = &site;
        async move { decide(site, &format!("at-once-{n}"), &fields).await }
    });
    ids.extend(join_all(at_once).await);
    let mut seen = BTreeMap::new();
    for id in &ids {
        let explanation = explain(site.platform.engine.store(), id.parse().unwrap())
            .await
            .unwrap()
            .unwrap();
        check(&site, &explanation, &mut seen).await;
    }
    let seen: Vec<&str> = seen.keys().map(String::as_str).collect();
    assert_eq!(
        seen,
        [
            "AlreadyOffered",
            "Breaker",
            "Cap",
            "Criteria",
            "Inactive",
            "NotDrawn",
            "NotReached",
            "Offered",
            "Pinged",
            "Schedule"
        ]
    );
    assert!(
        explain(site.platform.engine.store(), Id::new(Timestamp(0), [0; 10]))
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn old_decisions_keep_the_caps_that_they_were_made_under() {
    let (site, buyers) = site().await;
    let fields = json!({"state": "TX", "age": 30});
    let mut ids = Vec::new();
    for n in 0..8 {
        ids.push(decide(&site, &format!("lead-{n}"), &fields).await);
    }
    let raised = json!({"caps": [{"kind": "offers", "max": 4, "window": "lifetime"}]});
    put(&site, "capped", &format!("{buyers}/yes"), raised).await;
    for n in 8..12 {
        ids.push(decide(&site, &format!("lead-{n}"), &fields).await);
    }
    let mut caps = Vec::new();
    for id in &ids {
        let explanation = explain(site.platform.engine.store(), id.parse().unwrap())
            .await
            .unwrap()
            .unwrap();
        assert_eq!(explanation.mismatches, []);
        let first = explanation.steps[0].candidates.iter();
        let capped = first.clone().find(|it| it.destination == "capped").unwrap();
        caps.extend(
            capped
                .unavailable
                .iter()
                .map(|unavailability| match unavailability {
                    Unavailability::Cap { max, used, .. } => (*max, *used),
                    other => panic!("{other:?}"),
                }),
        );
    }
    caps.dedup();
    assert_eq!(caps, [(3, 3), (4, 4)]);
}

const WHAT_IF: &str = "query($input: ExplainLeadInput!) { explainLead(input: $input) {
    explanation { flow versionHash unitKey isReproduced text end { state reason } inputs { name value }
        rules { node to rule { ... on ExplainedTable { nearMisses { row } } } }
        steps { number kind propensity
            choices { node kind to detail
                draw { unit arms { arm weightPpm score } points { ppm arm } }
                rule { __typename
                    ... on ExplainedTable { row rowCount cells { text } columns { column { name value } matching left }
                        nearMisses { row to failed { text value inputs { name value } } } }
                    ... on ExplainedWhen { value parts { text value } } } }
            bids { destination rank net detail }
            candidates { destination outcome probability detail criteria { text value }
                divertedBy { node to }
                unavailable { __typename ... on FullCap { kind max used window } ... on ClosedSchedule { zone opensAt } } } } }
    diagnostics { code } userErrors { code path message } } }";

async fn ask_what_if(site: &Site, input: Value) -> Value {
    let data = site
        .ask("analyst", WHAT_IF, json!({ "input": input }))
        .await;
    data["explainLead"].clone()
}

fn candidate<'a>(step: &'a Value, name: &str) -> &'a Value {
    let mut candidates = step["candidates"].as_array().unwrap().iter();
    candidates.find(|it| it["destination"] == name).unwrap()
}

#[tokio::test]
async fn a_what_if_lead_goes_where_a_sent_one_goes_and_leaves_no_trace() {
    let (site, _) = site().await;
    let fields = json!({"state": "CA", "age": 50});
    let leads_before = site.n_leads().await;
    let mut destinations = Vec::new();
    for n in 0..12 {
        let key = format!("key-{n}");
        let input =
            json!({"flow": "story", "source": "web", "fields": fields, "idempotencyKey": key});
        // As often as the cap of three would never let pass.
        let mut what_if = Value::Null;
        for _ in 0..4 {
            what_if = ask_what_if(&site, input.clone()).await;
        }
        assert_eq!(what_if["userErrors"], json!([]), "{what_if:#}");
        assert_eq!(site.n_leads().await, leads_before + n);
        let id = decide(&site, &key, &fields).await;
        let stored = explain(site.platform.engine.store(), id.parse().unwrap())
            .await
            .unwrap()
            .unwrap();
        let (step, sent) = (&what_if["explanation"]["steps"][0], &stored.steps[0]);
        assert_eq!(step["propensity"], json!(sent.propensity));
        for (choice, sent) in step["choices"]
            .as_array()
            .unwrap()
            .iter()
            .zip(&sent.choices)
        {
            assert_eq!(choice["detail"], sent.detail);
        }
        for sent in &sent.candidates {
            let candidate = candidate(step, &sent.destination);
            assert_eq!(candidate["probability"], sent.probability);
            assert_eq!(candidate["detail"], sent.detail);
            if sent.outcome == CandidateOutcome::Offered {
                assert_eq!(candidate["outcome"], "OFFERED");
                destinations.push(sent.destination.clone());
            }
        }
    }
    let n_capped = destinations.iter().filter(|name| *name == "capped").count();
    assert_eq!(n_capped, 3, "{destinations:?}");
    let input = json!({"flow": "story", "fields": fields, "at": "2026-03-02T10:00:00Z"});
    let what_if = ask_what_if(&site, input).await;
    let capped = candidate(&what_if["explanation"]["steps"][0], "capped");
    assert_eq!(
        capped["unavailable"],
        json!([{"__typename": "FullCap", "kind": "OFFERS", "max": 3, "used": 3, "window": "LIFETIME"}])
    );
    assert_eq!(
        capped["detail"],
        "its cap of 3 offers in all is used up, 3 of 3"
    );
}

#[tokio::test]
async fn a_what_if_lead_explains_cells_conjuncts_columns_and_near_misses() {
    let (site, _) = site().await;
    let input =
        json!({"flow": "story", "fields": {"state": "TX", "age": 22}, "answer": "REJECTED"});
    let told = ask_what_if(&site, input).await;
    let explanation = &told["explanation"];
    assert_eq!(explanation["end"]["state"], "unsold");
    assert_eq!(
        explanation["inputs"],
        json!([{"name": "state", "value": "\"TX\""}, {"name": "age", "value": "22"}])
    );
    let step = &explanation["steps"][0];
    let table = &step["choices"][0]["rule"];
    let california = json!({"text": "state == \"CA\"", "value": false,
        "inputs": [{"name": "state", "value": "\"TX\""}]});
    assert_eq!(
        *table,
        json!({"__typename": "ExplainedTable", "row": 3, "rowCount": 4,
            "cells": [{"text": "state == \"TX\""}, {"text": "has(age)"}],
            "columns": [
                {"column": {"name": "state", "value": "\"TX\""}, "matching": 2, "left": 2},
                {"column": {"name": "age", "value": "22"}, "matching": 2, "left": 1}],
            "nearMisses": [
                {"row": 0, "to": "nobody", "failed": [{"text": "age < 21", "value": false,
                    "inputs": [{"name": "age", "value": "22"}]}]},
                {"row": 2, "to": "learned", "failed": [california]},
                {"row": 1, "to": "picked", "failed": [california, {"text": "age >= 40", "value": false,
                    "inputs": [{"name": "age", "value": "22"}]}]}]})
    );
    assert_eq!(
        candidate(step, "choosy")["detail"],
        "the lead does not meet its criteria: `age >= 40` is false (age is 22)"
    );
    assert_eq!(
        candidate(step, "choosy")["criteria"],
        json!([{"text": "has(age)", "value": true}, {"text": "age >= 40", "value": false}])
    );
    assert_eq!(candidate(step, "off")["detail"], "switched off");
    let offered: Vec<&str> = explanation["steps"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|step| {
            let candidates = step["candidates"].as_array().unwrap();
            let offered = candidates.iter().find(|it| it["outcome"] == "OFFERED")?;
            offered["destination"].as_str()
        })
        .collect();
    assert_eq!(offered, ["broken", "capped", "no", "yes"]);
    let text = explanation["text"].as_str().unwrap();
    assert!(
        text.contains("nearly row 1, to `nobody`: `age < 21` is false (age is 22)"),
        "{text}"
    );
}

#[tokio::test]
async fn a_what_if_auction_is_explained_up_to_its_ping_or_with_assumed_bids() {
    let (site, _) = site().await;
    let lead = json!({"flow": "story", "fields": {"state": "NY", "age": 50}});
    let told = ask_what_if(&site, lead.clone()).await;
    let explanation = &told["explanation"];
    assert!(explanation["end"].is_null());
    assert_eq!(explanation["steps"].as_array().unwrap().len(), 1);
    assert_eq!(explanation["steps"][0]["kind"], "PING");
    let mut with_bids = lead;
    with_bids["bids"] =
        json!([{"destination": "yes", "bid": "5.00"}, {"destination": "choosy", "bid": "9.00"}]);
    let told = ask_what_if(&site, with_bids).await;
    let steps = &told["explanation"]["steps"];
    assert_eq!(steps[0]["bids"][1]["rank"], "BELOW_RESERVE");
    assert_eq!(candidate(&steps[1], "choosy")["outcome"], "OFFERED");
    assert_eq!(
        candidate(&steps[1], "yes")["detail"],
        "asked at step 0: 5.00 is 5.00 net, below the reserve price of 6.00"
    );
    assert_eq!(told["explanation"]["end"]["state"], "sold");
}

#[tokio::test]
async fn rules_are_explained_also_where_nothing_behind_them_can_be_had() {
    let (site, _) = site().await;
    // Nobody in New York wants the young.
    let mut document = document();
    document["nodes"]["market"] = json!({"kind": "waterfall", "to": ["choosy", "off"]});
    let hash = publish(&site, &document).await;
    let input = json!({"flow": "story", "version": hash, "fields": {"state": "NY", "age": 18}});
    let told = ask_what_if(&site, input).await;
    let explanation = &told["explanation"];
    assert_eq!(explanation["end"]["state"], "unsold", "{told:#}");
    assert_eq!(explanation["steps"][0]["choices"], json!([]));
    assert_eq!(
        explanation["rules"],
        json!([{"node": "start", "to": "market", "rule": {"nearMisses": [{"row": 0}, {"row": 2}, {"row": 3}]}}])
    );
    let text = explanation["text"].as_str().unwrap();
    assert!(
        text.contains("nearly row 1, to `nobody`: `state == \"TX\"` is false"),
        "{text}"
    );
}

#[tokio::test]
async fn what_cannot_be_assumed_is_reported_at_once() {
    let (site, _) = site().await;
    let codes = |payload: &Value| {
        let errors = payload["userErrors"].as_array().unwrap().iter();
        let errors = errors.map(|error| format!("{} {}", error["code"], error["path"]));
        errors.collect::<Vec<_>>().join("; ").replace('"', "")
    };
    let cases = [
        (json!({"flow": "nowhere", "fields": {}}), "not_found []"),
        (
            json!({"flow": "story", "stage": "canary", "fields": {}}),
            "not_found []",
        ),
        (
            json!({"flow": "story", "version": "x", "fields": {}}),
            "not_found []",
        ),
        (
            json!({"flow": "story", "stage": "live", "version": "x", "fields": {}, "unitKey": "a", "idempotencyKey": "b"}),
            "conflict [version]; conflict [unitKey]",
        ),
        (
            json!({"flow": "story", "version": "x", "draft": true, "fields": {}}),
            "conflict [draft]",
        ),
        (
            json!({"flow": "nowhere", "draft": true, "fields": {}}),
            "not_found []",
        ),
        (json!({"flow": "story", "fields": 1}), "wrong_type [fields]"),
        (
            json!({"flow": "story", "fields": {"age": 3, "home": 1}}),
            "missing_field [fields,state]; out_of_range [fields,age]; unknown_field [fields,home]",
        ),
    ];
    for (input, expected) in cases {
        assert_eq!(
            codes(&ask_what_if(&site, input.clone()).await),
            expected,
            "{input}"
        );
    }
    // Another version than the live one, of a flow whose leads are declined in California.
    let mut changed = crate::site::document();
    changed["nodes"]["geo"]["if"] = "state == \"NY\"".into();
    let hash = publish(&site, &changed).await;
    let lead = json!({"flow": FLOW, "fields": {"state": "CA"}});
    let live = ask_what_if(&site, lead.clone()).await;
    assert_eq!(live["explanation"]["end"]["reason"], "not in California");
    let mut other = lead;
    other["version"] = hash.clone().into();
    let other = ask_what_if(&site, other).await;
    assert_eq!(other["explanation"]["versionHash"], hash);
    assert_eq!(other["explanation"]["end"]["state"], "sold");
}

#[tokio::test]
async fn a_lead_is_walked_through_the_draft_as_it_is() {
    let (site, _) = site().await;
    let save = async |document: &Value| {
        let document = Document::from_json(&document.to_string()).unwrap();
        let saved = site.platform.control.save_draft(document, None).await;
        saved.unwrap();
    };
    let mut draft = crate::site::document();
    publish(&site, &draft).await;
    draft["nodes"]["geo"]["if"] = "state == \"NY\"".into();
    save(&draft).await;
    let lead = json!({"flow": FLOW, "fields": {"state": "CA"}});
    let of_draft = json!({"flow": FLOW, "draft": true, "fields": {"state": "CA"}});
    let live = ask_what_if(&site, lead.clone()).await;
    assert_eq!(live["explanation"]["end"]["reason"], "not in California");
    let told = ask_what_if(&site, of_draft.clone()).await;
    assert_eq!(told["explanation"]["end"]["state"], "sold", "{told:#}");
    assert_ne!(
        told["explanation"]["versionHash"],
        live["explanation"]["versionHash"]
    );
    // What keeps a draft from being published keeps leads from being walked through it.
    draft["nodes"]["geo"]["if"] = "stat == \"NY\"".into();
    save(&draft).await;
    let told = ask_what_if(&site, of_draft).await;
    assert!(told["explanation"].is_null());
    assert_eq!(told["diagnostics"], json!([{"code": "unknown_field"}]));
    let live = ask_what_if(&site, lead).await;
    assert_eq!(live["explanation"]["end"]["reason"], "not in California");
}
