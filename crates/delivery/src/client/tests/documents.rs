//! Requests in XML and SOAP.

use super::*;

async fn sent(settings: Value, offer: Offer) -> (String, Exchange) {
    let (url, received) = answering(200, "<r><ok>1</ok></r>").await;
    let client = Client::new(Policy::loopback_too()).unwrap();
    let exchange = client.post(&target(&url, settings), &offer, BUDGET).await;
    let received = received.lock().unwrap().join("\n---\n");
    (received, exchange)
}

#[tokio::test]
async fn a_document_is_sent_as_it_is_written_with_its_values_escaped() {
    let settings = json!({
        "format": "xml",
        "body": "<?xml version=\"1.0\"?><lead src=\"{{source}}\"><name>{{lead.name}}</name><st>{{lead.state}}</st></lead>",
        "response": {"format": "xml", "accepted": [{"path": "$.r.ok", "equals": 1}]},
    });
    let mut offer = offer();
    let name = "Ann </name><admin>1</admin> & \"Co\"";
    offer.fields.insert("name".to_owned(), name.into());
    offer.fields.insert("source".to_owned(), "a\" x=\"b".into());
    let (sent, exchange) = sent(settings, offer).await;
    assert_eq!(exchange.outcome, accepted());
    assert!(
        sent.contains("content-type: application/xml; charset=utf-8\n"),
        "{sent}"
    );
    let body = sent.lines().last().unwrap();
    let tree = crate::xml::read(body).unwrap();
    assert_eq!(
        tree,
        json!({"lead": [{"@src": "a\" x=\"b", "name": [{"#text": name}], "st": [{"#text": "CA"}]}]})
    );
}

#[tokio::test]
async fn soap_puts_the_document_into_an_envelope_of_its_version() {
    let body = "<Submit xmlns=\"urn:leads\"><State>{{lead.state}}</State></Submit>";
    let settings = json!({
        "format": "soap", "body": body, "headers": {"SOAPAction": "urn:leads/Submit"},
        "response": {"format": "xml", "accepted": [{"path": "$.r.ok", "equals": "1"}]},
    });
    let (first, _) = sent(settings.clone(), offer()).await;
    assert!(first.contains("soapaction: urn:leads/Submit\n"), "{first}");
    assert!(
        first.contains("content-type: text/xml; charset=utf-8\n"),
        "{first}"
    );
    let tree = crate::xml::read(first.lines().last().unwrap()).unwrap();
    assert_eq!(
        tree["Envelope"][0]["Body"][0]["Submit"][0]["State"][0]["#text"],
        "CA"
    );
    let mut newer = settings;
    newer["format"] = "soap12".into();
    newer["headers"] = json!({});
    newer["body"] =
        "<e:Envelope xmlns:e=\"http://www.w3.org/2003/05/soap-envelope\"><e:Body/></e:Envelope>"
            .into();
    let (second, _) = sent(newer, offer()).await;
    assert!(
        second.contains("content-type: application/soap+xml; charset=utf-8\n"),
        "{second}"
    );
    // An envelope of one's own is left as it is.
    assert!(
        second.lines().last().unwrap().starts_with("<e:Envelope"),
        "{second}"
    );
}

#[tokio::test]
async fn without_a_template_each_field_is_an_element() {
    let (sent, _) = sent(json!({"format": "xml"}), offer()).await;
    let tree = crate::xml::read(sent.lines().last().unwrap()).unwrap();
    assert_eq!(tree["lead"][0]["phone"][0]["#text"], "+12135550100");
    assert_eq!(tree["lead"][0]["click_id"][0]["#text"], "clk_1");
    assert!(tree["lead"][0].get("email").is_none());
}

#[tokio::test]
async fn a_buyers_own_id_of_the_lead_is_kept() {
    let (url, _) = answering(202, r#"{"id": 7412, "status": "queued"}"#).await;
    let rules = json!({"response": {"reference": "$.id"}});
    let exchange = post(&url, rules.clone()).await;
    assert_eq!(exchange.reference.as_deref(), Some("7412"));
    let (url, _) = answering(422, r#"{"id": "A-1"}"#).await;
    assert_eq!(post(&url, rules).await.reference.as_deref(), Some("A-1"));
}
