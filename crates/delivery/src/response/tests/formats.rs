//! Answers in XML and in plain text.

use serde_json::{Value, json};

use super::read;

fn xml() -> Value {
    json!({
        "format": "xml",
        "accepted": [{"path": "$.response.status", "equals": "Matched"}],
        "rejected": [{"path": "$.response.status", "one_of": ["Unmatched", "Error"]}],
        "price": "$.response.price", "reason": "$.response.error",
    })
}

#[test]
fn xml_is_read_by_the_names_of_its_elements() {
    let yes =
        "<?xml version='1.0'?><response><status>Matched</status><price>$12.50</price></response>";
    assert_eq!(read(xml(), 200, yes), "accepted at 12.50");
    let no = "<response><status>Unmatched</status><error>No &amp; buyer</error></response>";
    assert_eq!(read(xml(), 200, no), "rejected: No & buyer");
    let priceless = "<response><status>Matched</status><price/></response>";
    assert_eq!(
        read(xml(), 200, priceless),
        "accepted (accepted, but there is no amount at `$.response.price`)"
    );
}

#[test]
fn attributes_namespaces_and_envelopes_are_reached() {
    let map = json!({
        "format": "xml",
        "accepted": [{"path": "$.Envelope.Body.PostResponse.Result.@code", "equals": 0}],
        "rejected": [{"path": "$.Envelope.Body.Fault", "exists": true}],
        "price": "$.Envelope.Body.PostResponse.Offer[1].Price",
        "reason": "$.Envelope.Body.Fault.faultstring",
    });
    let yes = r#"<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>
        <PostResponse xmlns="urn:x"><Result code="0"/><Offer><Price>1</Price></Offer><Offer><Price>7</Price></Offer>
        </PostResponse></soap:Body></soap:Envelope>"#;
    assert_eq!(read(map.clone(), 200, yes), "accepted at 7.00");
    let no = "<Envelope><Body><Fault><faultcode>Client</faultcode><faultstring>bad zip</faultstring></Fault></Body></Envelope>";
    // A fault comes with status 500, and the rule has to say so.
    assert_eq!(
        read(map.clone(), 500, no),
        "unknown: status 500 says neither yes nor no"
    );
    let mut of_any = map;
    of_any["rejected"][0]["status"] = json!([200, 500]);
    assert_eq!(read(of_any, 500, no), "rejected: bad zip");
}

#[test]
fn two_elements_where_one_is_asked_for_are_no_answer() {
    let both = "<response><status>Matched</status><status>Error</status></response>";
    assert_eq!(
        read(xml(), 200, both),
        "unknown: unreadable answer: it is not in the form that the rules read"
    );
}

#[test]
fn what_is_no_xml_is_no_yes() {
    for body in [
        "",
        "OK",
        "{\"status\": \"Matched\"}",
        "<!DOCTYPE r [<!ENTITY m 'Matched'>]><response><status>&m;</status></response>",
        "<response><status>Matched</status>",
    ] {
        let said = read(xml(), 200, body);
        assert!(
            said.starts_with("unknown: unreadable answer"),
            "{body}: {said}"
        );
    }
}

#[test]
fn plain_text_is_read_by_the_groups_of_patterns() {
    let map = || {
        json!({
            "patterns": ["^(?<word>[A-Z]+)", r"price=(?<price>[0-9.]+)", r"reason=(?<why>.*)$"],
            "accepted": [{"path": "$.word", "equals": "OK"}],
            "rejected": [{"path": "$.word", "equals": "NO"}],
            "price": "$.price", "reason": "$.why",
        })
    };
    assert_eq!(read(map(), 200, "OK id=7 price=12.5"), "accepted at 12.50");
    assert_eq!(
        read(map(), 200, "NO reason=out of area"),
        "rejected: out of area"
    );
    assert_eq!(
        read(map(), 200, "maintenance"),
        "unknown: unreadable answer: no rule matches it"
    );
    // A body that would keep a backtracking engine busy for ever.
    let slow = json!({
        "patterns": ["^(?<a>(x+x+)+y)"], "accepted": [{"path": "$.a", "exists": true}], "rejected": [],
    });
    assert_eq!(
        read(slow, 200, &"x".repeat(10_000)),
        "unknown: unreadable answer: no rule matches it"
    );
}

#[test]
fn what_a_destination_deferred_is_not_sent_whatever_else_holds() {
    let map = || json!({"not_sent": [{"status": [503, 429]}, {"path": "$.retry", "equals": true}]});
    assert_eq!(read(map(), 429, "{}"), "not_sent");
    assert_eq!(read(map(), 503, ""), "not_sent");
    assert_eq!(read(map(), 200, r#"{"retry": true}"#), "not_sent");
    assert_eq!(read(map(), 200, r#"{"retry": false}"#), "accepted");
    assert_eq!(read(map(), 422, "{}"), "rejected: status 422");
}
