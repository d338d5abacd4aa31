//! Mistakes in targets.

use pointsman_lead::{Field, FieldKind, Required, Schema};
use serde_json::{Value, json};

use crate::Target;

/// Code and path of every problem, a line each.
fn problems(target: Value) -> Vec<String> {
    let state = Field {
        name: "state".to_owned(),
        kind: FieldKind::Region,
        required: Required::Post,
        pii: false,
    };
    let schema = Schema::new("auto", vec![state]).unwrap();
    let target: Target = serde_json::from_value(target).unwrap();
    let problems = target.check(&schema);
    let shown = format!("{problems:?}");
    assert!(!shown.contains("hunter2"), "{shown}");
    assert!(problems.iter().all(|problem| problem.hint.is_some()));
    problems
        .iter()
        .map(|problem| format!("{} {}", problem.code, problem.path))
        .collect()
}

#[test]
fn a_good_target_has_no_problem() {
    let target = json!({
        "method": "PUT", "url": "https://acme.example:8443/leads?v=1",
        "headers": {"Authorization": "Bearer {{secret.key}}"}, "secrets": {"key": "hunter2"},
        "body": {"lead": {"st": "{{lead.state}}", "src": "{{lead.source}}/{{sub_id_5}}"}, "ids": ["{{click_id}}"]},
        "response": {
            "accepted": [{"status": "200-299", "path": "$.ok", "equals": true}],
            "rejected": [{"contains": "duplicate"}], "price": "$.bids[0].price",
        },
    });
    assert!(problems(target).is_empty());
}

#[test]
fn a_placeholder_stands_where_it_is_filled() {
    let target = json!({
        "url": "https://acme.example/",
        "body": {"{{lead.state}}": "x", "deep": [{"a{{lead.state}}b": 1}]},
        "headers": {"X-{{lead.state}}": "x"},
        "response": {
            "accepted": [{"path": "$.ref", "equals": "{{lead_id}}"}],
            "rejected": [{"contains": "{{lead.state}}"}, {"path": "$.x", "one_of": ["y", "{{price}}"]}],
        },
    });
    assert_eq!(
        problems(target),
        [
            "name_placeholder target.body.deep[0].a{{lead.state}}b",
            "name_placeholder target.body.{{lead.state}}",
            "header_name target.headers.X-{{lead.state}}",
            "rule_placeholder target.response.accepted[0]",
            "rule_placeholder target.response.rejected[0]",
            "rule_placeholder target.response.rejected[1]",
        ]
    );
    let form = json!({
        "url": "https://acme.example/", "format": "form", "body": {"{{lead.state}}": "x"},
    });
    assert_eq!(
        problems(form),
        ["name_placeholder target.body.{{lead.state}}"]
    );
}

#[test]
fn every_mistake_is_reported_at_once() {
    let target = json!({
        "method": "GET", "url": "ftp://ann:hunter2@acme.example/#top", "timeout_ms": 99,
        "headers": {"Host": "evil.example", "content-length": "1", "Bad Name": "x", "X-A": "a\nb{{secret.none}}"},
        "secrets": {"empty": ""},
        "body": {"deep": [{"x": "{{nope}}"}], "open": "{{lead.state", "state": "{{lead.sate}}"},
        "response": {
            "accepted": [],
            "rejected": [
                {}, {"equals": 1}, {"path": "$.a"}, {"status": "299-200"},
                {"path": "a.b", "exists": true}, {"contains": ""},
            ],
            "price": "$..price", "split": "",
        },
    });
    assert_eq!(
        problems(target),
        [
            "url_scheme target.url",
            "url_userinfo target.url",
            "url_fragment target.url",
            "method_format target.format",
            "timeout_range target.timeout_ms",
            "placeholder_unknown target.body.deep[0].x",
            "placeholder_open target.body.open",
            "field_unknown target.body.state",
            "header_name target.headers.Bad Name",
            "header_forbidden target.headers.Host",
            "header_value target.headers.X-A",
            "secret_missing target.headers.X-A",
            "header_forbidden target.headers.content-length",
            "secret_empty target.secrets.empty",
            "rules_missing target.response.accepted",
            "rule_empty target.response.rejected[0]",
            "rule_path target.response.rejected[1]",
            "rule_path target.response.rejected[2]",
            "rule_status target.response.rejected[3].status",
            "path_invalid target.response.rejected[4].path",
            "rule_empty target.response.rejected[5].contains",
            "split_empty target.response.split",
            "path_invalid target.response.price",
        ]
    );
}

#[test]
fn an_address_is_absolute_and_fixed() {
    assert_eq!(
        problems(json!({"url": "acme.example/leads"})),
        ["url_invalid target.url"]
    );
    assert_eq!(
        problems(json!({"url": "https://acme.example/{{lead.state}}"})),
        ["url_placeholder target.url"]
    );
}

#[test]
fn forms_are_flat() {
    assert_eq!(
        problems(
            json!({"url": "https://a.example/", "format": "form", "body": "x={{lead.state}}"})
        ),
        ["body_shape target.body"]
    );
    assert_eq!(
        problems(
            json!({"url": "https://a.example/", "format": "query", "body": {"a": {"b": "{{zip}}"}}})
        ),
        [
            "body_shape target.body.a",
            "placeholder_unknown target.body.a.b",
        ]
    );
}

#[test]
fn filters_are_known() {
    assert_eq!(
        problems(
            json!({"url": "https://a.example/", "body": ["{{lead.state | lower | last 2}}",
            "{{lead.state | reverse | last x}}"]})
        ),
        [
            "filter_unknown target.body[1]",
            "filter_unknown target.body[1]",
        ]
    );
}

#[test]
fn a_redacted_target_cannot_be_saved_by_mistake() {
    let mut target = Target::new("https://acme.example/");
    target
        .secrets
        .insert("key".to_owned(), crate::Secret::new("hunter2"));
    let target = serde_json::to_value(target.redacted()).unwrap();
    assert_eq!(problems(target), ["secret_redacted target.secrets.key"]);
}

#[test]
fn unknown_settings_are_refused() {
    let target = json!({"url": "https://acme.example/", "timeout": 5});
    assert!(serde_json::from_value::<Target>(target).is_err());
}

#[test]
fn a_document_is_well_formed_and_its_values_stand_where_they_are_escaped() {
    let of =
        |body: Value| problems(json!({"url": "https://a.example/", "format": "xml", "body": body}));
    assert!(
        of(json!(
            "<a b=\"{{lead.state}}\">{{lead.state | lower}}<c/></a>"
        ))
        .is_empty()
    );
    for (body, code) in [
        (json!({"a": 1}), "body_shape"),
        (json!("<a>{{lead.state}}"), "xml_invalid"),
        (json!("<!DOCTYPE a><a/>"), "xml_invalid"),
        (json!("<a>&nbsp;</a>"), "xml_invalid"),
        (json!("<a b={{lead.state}}/>"), "xml_invalid"),
        (json!("<{{lead.state}}/>"), "xml_placeholder"),
        (json!("<a {{lead.state}}=\"1\"/>"), "xml_placeholder"),
        (json!("<a><!-- {{lead.state}} --></a>"), "xml_placeholder"),
        (
            json!("<a><![CDATA[{{lead.state}}]]></a>"),
            "xml_placeholder",
        ),
        (json!("<a>{{lead.state</a>"), "placeholder_open"),
        (json!("<a>{{lead.zip}}</a>"), "field_unknown"),
    ] {
        assert_eq!(of(body.clone()), [format!("{code} target.body")], "{body}");
    }
}

#[test]
fn what_shows_that_a_request_is_from_us_is_complete_and_the_same_for_all_leads() {
    let of = |auth: Value| {
        problems(
            json!({"url": "https://a.example/", "auth": auth, "secrets": {"k": "hunter2"},
            "headers": {"Authorization": "x"}}),
        )
    };
    assert_eq!(
        of(json!({"kind": "basic", "user": "a:b", "password": ""})),
        [
            "auth_empty target.auth.password",
            "auth_user target.auth.user",
            "auth_header target.auth"
        ]
    );
    assert_eq!(
        of(json!({"kind": "bearer", "token": "{{lead.state}}{{secret.other}}"})),
        [
            "secret_missing target.auth.token",
            "auth_of_lead target.auth.token",
            "auth_header target.auth"
        ]
    );
    assert_eq!(
        of(
            json!({"kind": "hmac", "key": "{{secret.k}}", "header": "Host", "signed": "{{timestamp}}",
            "timestamp_header": "not a name"})
        ),
        [
            "auth_signed target.auth.signed",
            "header_forbidden target.auth.header",
            "header_name target.auth.timestamp_header",
        ]
    );
    assert_eq!(
        of(json!({"kind": "standard_webhooks", "key": "{{secret.k}}"})),
        ["auth_key target.auth.key"]
    );
    assert_eq!(
        of(
            json!({"kind": "oauth", "token_url": "ftp://x", "client_id": "a", "client_secret": "{{secret.k}}"})
        ),
        [
            "url_invalid target.auth.token_url",
            "auth_header target.auth"
        ]
    );
}

#[test]
fn values_of_ones_own_and_answers_in_other_forms_are_checked() {
    let target = json!({
        "url": "https://a.example/", "body": {"a": "{{computed.a}}", "b": "{{computed.none}}", "c": "{{body}}"},
        "computed": {"a": "{{computed.b}}", "b": {"from": "{{lead.zip}}", "map": {"1": 2}}},
        "response": {"format": "xml", "split": "|", "patterns": ["(", "^OK"], "reference": "id"},
    });
    assert_eq!(
        problems(target),
        [
            "computed_missing target.body.b",
            "placeholder_unsigned target.body.c",
            "computed_nested target.computed.a",
            "field_unknown target.computed.b",
            "answer_format target.response",
            "pattern_invalid target.response.patterns[0]",
            "pattern_unnamed target.response.patterns[1]",
            "path_invalid target.response.reference",
        ]
    );
    let text =
        json!({"url": "https://a.example/", "response": {"format": "text", "price": "$.price"}});
    assert_eq!(problems(text), ["path_unread target.response.format"]);
}

#[test]
fn retries_and_questions_are_bounded() {
    let target = json!({
        "url": "https://a.example/", "concurrency": 0,
        "retry": {"count": 11, "wait_ms": 5, "longest_wait_ms": 70_000, "jitter_percent": 101},
        "status": {"url": "https://{{delivery_id}}.example/", "count": 0, "wait_ms": 10,
            "query": {"id": "{{reference}}", "z": "{{lead.zip}}"}, "response": {"accepted": []}},
    });
    assert_eq!(
        problems(target),
        [
            "retry_count target.retry.count",
            "retry_wait target.retry.wait_ms",
            "retry_wait target.retry.longest_wait_ms",
            "retry_jitter target.retry.jitter_percent",
            "concurrency_range target.concurrency",
            "url_placeholder target.status.url",
            "status_count target.status.count",
            "status_wait target.status.wait_ms",
            "field_unknown target.status.query.z",
            "rules_missing target.status.response.accepted",
        ]
    );
}
