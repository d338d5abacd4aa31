//! Buyers, met through the client that meets real ones.

use std::time::Duration;

use pointsman_delivery::{Ask, Client, Exchange, Offer, Outcome, Policy, QuoteEnd, Target};
use pointsman_lead::Currency;
use serde_json::Value;

use super::{Answer, Buyer, PingQuirks, Quirks, Rate, RunningBuyer};
use crate::{DESTINATIONS, GeneratedLead, World};

fn offer(lead: &GeneratedLead, destination: &str) -> Offer {
    let mut fields = lead.fields.clone();
    fields.insert("source".to_owned(), lead.source.into());
    fields.insert("sub_id_5".to_owned(), lead.key.clone().into());
    Offer {
        delivery_id: format!("dlv-{destination}-{}", lead.number),
        click_id: format!("clk-{destination}-{}", lead.number),
        lead_id: format!("lead-{}", lead.number),
        destination: destination.to_owned(),
        fields,
        price: None,
        bid: None,
        ping_id: None,
        reference: None,
        currency: Currency::USD,
    }
}

fn client() -> Client {
    Client::new(Policy::loopback_too()).unwrap()
}

async fn start(world: World, name: &str, quirks: Quirks) -> (RunningBuyer, Target) {
    let buyer = Buyer::new(world, name).unwrap().quirks(quirks);
    let buyer = buyer.start().await.unwrap();
    let target = serde_json::from_value(buyer.target_json()).unwrap();
    (buyer, target)
}

async fn post(target: &Target, offer: &Offer) -> Exchange {
    let budget = Duration::from_secs(20);
    client().post(target, offer, budget).await
}

#[tokio::test]
async fn every_target_fits_the_schema() {
    let world = World::new(1);
    for buyer in Buyer::all(world) {
        let buyer = buyer.start().await.unwrap();
        let target: Target = serde_json::from_value(buyer.target_json()).unwrap();
        assert_eq!(target.check(&world.schema()), [], "{}", buyer.name);
        let settings = buyer.settings_json();
        let back: pointsman_flow::Destination = serde_json::from_value(settings).unwrap();
        assert_eq!(back, buyer.settings());
    }
}

#[tokio::test]
async fn buyers_answer_as_the_world_says() {
    let world = World::new(7);
    let client = client();
    for name in DESTINATIONS {
        let (buyer, target) = start(world, name, Quirks::default()).await;
        for lead in world.leads(40) {
            let offer = offer(&lead, name);
            let exchange = client.post(&target, &offer, Duration::from_secs(20)).await;
            let expected = if world.accepts(&lead, name) {
                "accepted"
            } else {
                "rejected"
            };
            assert_eq!(exchange.outcome.class(), expected, "{name}: {exchange:?}");
            if let Outcome::Accepted {
                price,
                redirect_url,
            } = exchange.outcome
            {
                let bid = world.price(&lead, name).filter(|_| name == "meridian");
                assert_eq!(price, bid);
                assert_eq!(redirect_url.is_some(), name == "meridian");
            }
        }
        let received = buyer.received();
        assert_eq!(received.len(), 40);
        let first = &received[0];
        assert_eq!(first.lead_id, "lead-0");
        assert_eq!(first.click_id, format!("clk-{name}-0"));
        assert_eq!(first.idempotency_key, format!("dlv-{name}-0"));
        assert_eq!(first.key, "w7-0000000");
        assert_eq!(buyer.counts().len(), 40);
        let taken = world.leads(40).filter(|lead| world.accepts(lead, name));
        assert_eq!(buyer.taken().len(), taken.count());
    }
}

/// The first leads of a world that a buyer wants, or does not.
fn leads(world: World, name: &str, wanted: bool) -> impl Iterator<Item = GeneratedLead> {
    let leads = world.leads(10_000);
    leads.filter(move |lead| world.accepts(lead, name) == wanted)
}

#[tokio::test]
async fn a_repeated_key_gets_the_same_answer_and_no_second_lead() {
    let world = World::new(4);
    let (buyer, target) = start(world, "harbor", Quirks::default()).await;
    for wanted in [true, false] {
        let lead = leads(world, "harbor", wanted).next().unwrap();
        let offer = offer(&lead, "harbor");
        let first = post(&target, &offer).await;
        let second = post(&target, &offer).await;
        assert_eq!(first.outcome, second.outcome);
    }
    assert_eq!(buyer.received().len(), 4);
    assert_eq!(buyer.taken().len(), 1);
}

#[tokio::test]
async fn a_busy_buyer_asks_to_wait_instead_of_saying_no() {
    let world = World::new(4);
    let quirks = Quirks {
        busy_one_in: Some(1),
        ..Quirks::default()
    };
    let (_buyer, target) = start(world, "acme", quirks).await;
    let unwanted = leads(world, "acme", false).next().unwrap();
    let exchange = post(&target, &offer(&unwanted, "acme")).await;
    let Outcome::Rejected {
        busy,
        retry_after_s,
        ..
    } = exchange.outcome
    else {
        panic!("{exchange:?}");
    };
    assert!(busy && retry_after_s == Some(2));
    let wanted = leads(world, "acme", true).next().unwrap();
    let exchange = post(&target, &offer(&wanted, "acme")).await;
    assert_eq!(exchange.outcome.class(), "accepted");
}

#[tokio::test]
async fn a_lost_answer_is_unknown_first_and_a_yes_when_asked_again() {
    let world = World::new(4);
    let quirks = Quirks {
        lost_one_in: Some(1),
        mute_one_in: Some(1),
        ..Quirks::default()
    };
    let (buyer, mut target) = start(world, "lakeside", quirks).await;
    target.timeout_ms = 150;
    let wanted = leads(world, "lakeside", true).next().unwrap();
    let wanted = offer(&wanted, "lakeside");
    assert_eq!(post(&target, &wanted).await.outcome.class(), "unknown");
    assert_eq!(buyer.received()[0].answer, Answer::Lost);
    target.timeout_ms = 5_000;
    assert_eq!(post(&target, &wanted).await.outcome.class(), "accepted");
    assert_eq!(buyer.taken().len(), 1);
    target.timeout_ms = 150;
    let unwanted = leads(world, "lakeside", false).next().unwrap();
    let unwanted = offer(&unwanted, "lakeside");
    assert_eq!(post(&target, &unwanted).await.outcome.class(), "unknown");
    assert_eq!(post(&target, &unwanted).await.outcome.class(), "unknown");
    assert_eq!(buyer.taken().len(), 1);
}

#[tokio::test]
async fn posts_above_the_rate_are_put_off() {
    let world = World::new(4);
    let rate = Rate {
        posts_max: 2,
        window: Duration::from_hours(1),
    };
    let quirks = Quirks {
        rate: Some(rate),
        ..Quirks::default()
    };
    let (buyer, target) = start(world, "harbor", quirks).await;
    for lead in world.leads(3) {
        post(&target, &offer(&lead, "harbor")).await;
    }
    let answers: Vec<bool> = buyer
        .received()
        .iter()
        .map(|post| post.answer == Answer::Busy)
        .collect();
    assert_eq!(answers, [false, false, true]);
}

#[tokio::test]
async fn a_malformed_post_is_refused_in_each_buyers_way() {
    let world = World::new(4);
    for (name, status, reason) in [
        ("acme", 422, "not among the leads we want"),
        ("zenith", 200, "phone must have 10 digits"),
        ("harbor", 400, "bad request"),
        ("meridian", 200, "bad request"),
        ("lakeside", 200, "incomplete"),
    ] {
        let (buyer, target) = start(world, name, Quirks::default()).await;
        let lead = leads(world, name, true).next().unwrap();
        let mut offer = offer(&lead, name);
        offer.fields.insert("phone".to_owned(), Value::Null);
        offer.fields.insert("postal_code".to_owned(), Value::Null);
        let exchange = post(&target, &offer).await;
        assert_eq!(exchange.status, Some(status), "{name}");
        assert_eq!(
            exchange.outcome,
            Outcome::Rejected {
                reason: reason.to_owned(),
                busy: false,
                retry_after_s: None,
            }
        );
        assert_eq!(buyer.received()[0].answer, Answer::Malformed);
    }
}

#[tokio::test]
async fn nobody_enters_without_the_key() {
    let world = World::new(4);
    for name in ["acme", "zenith", "harbor", "meridian"] {
        let (buyer, mut target) = start(world, name, Quirks::default()).await;
        for secret in target.secrets.values_mut() {
            *secret = pointsman_delivery::Secret::new("wrong");
        }
        let lead = leads(world, name, true).next().unwrap();
        let exchange = post(&target, &offer(&lead, name)).await;
        assert_eq!(exchange.outcome.class(), "rejected", "{name}");
        assert!(buyer.taken().is_empty());
    }
}

#[tokio::test]
async fn buyers_bid_what_the_world_says_and_misbehave_as_they_are_told() {
    let world = World::new(7);
    let pings = |none_one_in, garbage_one_in, late_one_in| Quirks {
        pings: PingQuirks {
            none_one_in,
            garbage_one_in,
            late_one_in,
            delay: Duration::ZERO,
        },
        ..Quirks::default()
    };
    let cases = [
        ("meridian", pings(None, None, None), QuoteEnd::Bid),
        ("acme", pings(None, None, None), QuoteEnd::Bid),
        ("harbor", pings(None, None, None), QuoteEnd::NoBid),
        ("meridian", pings(Some(1), None, None), QuoteEnd::NoBid),
        ("meridian", pings(None, Some(1), None), QuoteEnd::Unreadable),
        ("meridian", pings(None, None, Some(1)), QuoteEnd::Late),
    ];
    let lead = world.leads(1).next().unwrap();
    let fields = offer(&lead, "any").fields;
    for (name, quirks, end) in cases {
        let buyer = Buyer::new(world, name).unwrap().quirks(quirks);
        let buyer = buyer.start().await.unwrap();
        let target: Target = serde_json::from_value(buyer.target_with_ping_json()).unwrap();
        assert_eq!(target.check(&world.schema()), [], "{name}");
        let ask = Ask::new(&world.schema(), &fields, "lead-0", name, Currency::USD);
        let quote = client()
            .ping(&target, &ask, Duration::from_millis(300))
            .await;
        assert_eq!(quote.end, end, "{name}: {quote:?}");
        let bid = world.price(&lead, name).filter(|_| end == QuoteEnd::Bid);
        assert_eq!(quote.bid, bid);
        assert_eq!(quote.ping_id.is_some(), bid.is_some());
        let pinged = buyer.pinged();
        assert_eq!(pinged[0].key, lead.key);
        assert!(pinged[0].fields.get("email").is_none());
    }
}
