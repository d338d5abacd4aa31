//! Where nothing is sent, and what nobody is shown.

use super::*;

/// A server at a forbidden address.
struct Canary(TcpListener);

impl Canary {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        Self(listener)
    }

    fn port(&self) -> u16 {
        self.0.local_addr().unwrap().port()
    }

    /// The system queues connections, so one that was opened would be here.
    fn is_untouched(&self) -> bool {
        self.0.accept().is_err()
    }
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let canary = Canary::new();
    let location = format!("http://127.0.0.1:{}/", canary.port());
    let (url, _) = serve(move || {
        let location = location.clone();
        async move { (StatusCode::TEMPORARY_REDIRECT, [("location", location)]).into_response() }
    })
    .await;
    let exchange = post(&url, json!({})).await;
    let why = Unknown::Status(307);
    assert_eq!(exchange.outcome, Outcome::Unknown { why });
    assert!(canary.is_untouched());
}

#[tokio::test]
async fn addresses_that_are_not_public_are_never_connected_to() {
    let canary = Canary::new();
    let client = Client::new(Policy::public_only()).unwrap();
    // By name, as a literal, and in the spellings of a literal that systems understand.
    for host in [
        "localhost",
        "127.0.0.1",
        "2130706433",
        "0x7f.1",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
    ] {
        let target = target(&format!("http://{host}:{}/", canary.port()), json!({}));
        let exchange = client.post(&target, &offer(), BUDGET).await;
        assert!(
            matches!(
                exchange.outcome,
                Outcome::NotSent {
                    why: NotSent::Blocked { .. }
                }
            ),
            "{host}: {exchange:?}"
        );
        assert!(!exchange.outcome.is_failure());
    }
    assert!(canary.is_untouched());
}

#[tokio::test]
async fn secrets_reach_the_destination_and_nobody_else() {
    let (url, received) = serve(|| async {
        let echo = r#"{"ok":false,"why":"bad key s3/cr\"et or s3%2Fcr%22et","json":"s3/cr\"et"}"#;
        (StatusCode::FORBIDDEN, echo).into_response()
    })
    .await;
    let settings = json!({
        "headers": {"Authorization": "Bearer {{secret.api_key}}"},
        "secrets": {"api_key": "s3/cr\"et"},
        "response": {"reason": "$.why"},
    });
    let exchange = post(&url, settings.clone()).await;
    let request = received.lock().unwrap()[0].clone();
    assert!(request.contains("authorization: Bearer s3/cr\"et"));
    let target = target(&url, settings);
    for text in [
        format!("{exchange:?}"),
        format!("{target:?}"),
        serde_json::to_string(&target.redacted()).unwrap(),
    ] {
        assert!(
            !text.contains("cr\\\"et") && !text.contains("%22et"),
            "{text}"
        );
    }
    assert_eq!(exchange.outcome, rejected("bad key [secret] or [secret]"));
}

#[tokio::test]
async fn a_redirect_that_shows_a_secret_is_dropped_and_told() {
    let (url, _) = serve(|| async {
        r#"{"next":"https://ok.example/?k=s3%2Fcr","price":"a\u0000 s3/cr"}"#.into_response()
    })
    .await;
    let settings = json!({
        "secrets": {"api_key": "s3/cr"}, "headers": {"X-Key": "{{secret.api_key}}"},
        "response": {"redirect_url": "$.next", "price": "$.price"},
    });
    let exchange = post(&url, settings).await;
    let accepted = Outcome::Accepted {
        price: None,
        redirect_url: None,
    };
    assert_eq!(exchange.outcome, accepted);
    let note = exchange.note.unwrap();
    assert!(note.contains("its redirect holds a secret"), "{note}");
    assert!(!note.contains("s3/cr") && !note.contains('\0'), "{note}");
}

#[tokio::test]
async fn a_secret_in_the_address_stays_out_of_failures() {
    let port = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let settings = json!({"method": "GET", "format": "query",
        "body": {"key": "{{secret.key}}"}, "secrets": {"key": "hunter2"}});
    let exchange = post(&format!("http://127.0.0.1:{port}/"), settings).await;
    assert_eq!(exchange.outcome.class(), "not_sent");
    assert!(!format!("{exchange:?}").contains("hunter2"));
}

#[tokio::test]
async fn a_value_that_fits_no_header_means_not_sent() {
    let (url, received) = answering(200, "").await;
    let client = Client::new(Policy::loopback_too()).unwrap();
    let target = target(&url, json!({"headers": {"X-Name": "{{lead.name}}"}}));
    let mut offer = offer();
    let smuggled = Value::from("Eve\u{1}X-Admin: 1");
    offer.fields.insert("name".to_owned(), smuggled);
    let exchange = client.post(&target, &offer, BUDGET).await;
    let Outcome::NotSent {
        why: NotSent::Unbuildable { detail },
    } = exchange.outcome
    else {
        panic!("{exchange:?}");
    };
    assert!(detail.contains("X-Name") && !detail.contains("Admin"));
    assert!(received.lock().unwrap().is_empty());
}
