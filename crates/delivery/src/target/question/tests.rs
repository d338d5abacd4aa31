use pointsman_lead::Currency;
use serde_json::{Map, json};

use super::*;

/// Where a destination is asked that called the lead `reference`; `None` where it is not asked.
fn asked(url: &str, reference: &str) -> Option<String> {
    let target = json!({
        "url": "https://acme.example/leads",
        "status": {"url": url, "response": {"accepted": [{"status": 200}]}},
    });
    let target: Target = serde_json::from_value(target).unwrap();
    let offer = Offer {
        delivery_id: "dlv_1".to_owned(),
        click_id: "clk_1".to_owned(),
        lead_id: "lead_1".to_owned(),
        destination: "acme".to_owned(),
        fields: Map::new(),
        price: None,
        bid: None,
        ping_id: None,
        reference: Some(reference.to_owned()),
        currency: Currency::USD,
    };
    let asked = target.status.as_ref()?.as_target(&target, &offer)?;
    // As it leaves, after whatever a client makes of it.
    Some(Url::parse(&asked.url).unwrap().to_string())
}

#[test]
fn a_value_is_one_part_of_the_path_whatever_is_in_it() {
    let url = "https://acme.example/v1/leads/{{reference}}/state";
    for (reference, part) in [
        ("7412", "7412"),
        ("a/b", "a%2Fb"),
        ("a\\b", "a%5Cb"),
        ("../admin", "..%2Fadmin"),
        ("..\\admin", "..%5Cadmin"),
        ("%2e%2e", "%252e%252e"),
        ("a?b#c d", "a%3Fb%23c%20d"),
        ("1..2", "1..2"),
        ("...", "..."),
        ("é\r\n", "%C3%A9%0D%0A"),
    ] {
        let expected = format!("https://acme.example/v1/leads/{part}/state");
        assert_eq!(
            asked(url, reference).as_deref(),
            Some(&*expected),
            "{reference:?}"
        );
    }
}

#[test]
fn a_value_that_leads_to_another_path_is_not_asked_for() {
    for url in [
        "https://acme.example/v1/leads/{{reference}}",
        "https://acme.example/v1/leads/{{reference}}/state",
        "https://acme.example/v1/leads/{{reference}}?full=1",
        "https://acme.example/v1/leads/{{ reference | trim }}#top",
    ] {
        for reference in ["..", ".", ""] {
            assert_eq!(asked(url, reference), None, "{url} {reference:?}");
        }
    }
    // A part that is made of several pieces.
    let pieces = "https://acme.example/v1/leads/{{reference}}{{reference}}/state";
    assert_eq!(asked(pieces, "."), None);
    assert_eq!(
        asked("https://acme.example/v1/leads/.{{reference}}", "."),
        None
    );
    assert_eq!(
        asked("https://acme.example/v1/leads/%2e{{reference}}", "."),
        None
    );
    let after = asked("https://acme.example/v1/leads/%2E{{reference}}", "x");
    assert_eq!(after.as_deref(), Some("https://acme.example/v1/leads/%2Ex"));
    // Behind the path dots say nothing.
    let behind = asked("https://acme.example/v1/leads?of=/{{reference}}/", "..");
    assert_eq!(
        behind.as_deref(),
        Some("https://acme.example/v1/leads?of=/../")
    );
}
