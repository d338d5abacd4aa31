//! Figures that monitors read.

use serde_json::{Value, json};

use crate::{
    buyer::{Buyer, Reply},
    caller::Caller,
    program::pointsman,
    server::Server,
    site::{Destination, Site, one_after_the_other, open_to_all, put_destination, solar_lead},
    wait::until,
};

fn watched() -> std::process::Command {
    let mut command = pointsman();
    command.env("POINTSMAN_METRICS_LISTEN", "127.0.0.1:0");
    command
}

/// Where the figures are, as the server says when it starts.
fn address(site: &Site) -> String {
    let log = site.server.log();
    let line = log
        .lines()
        .find(|line| line.contains("metrics are at "))
        .unwrap();
    let url = line.split("metrics are at ").nth(1).unwrap().trim();
    url.trim_end_matches("/metrics").to_owned()
}

fn value(text: &str, figure: &str) -> Option<f64> {
    let line = text
        .lines()
        .find(|line| line.starts_with(&format!("{figure} ")))?;
    line.rsplit_once(' ')?.1.parse().ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_monitor_reads_what_became_of_leads_and_whom_they_were_offered_to() {
    let acme = Buyer::always(Reply::Reject).await;
    let zenith = Buyer::always(Reply::Accept("5")).await;
    let flow = one_after_the_other(&["acme", "zenith"]);
    let destinations = [open_to_all("acme", &acme), open_to_all("zenith", &zenith)];
    let server = Server::start_on("pointsman.db", watched);
    let site = Site::open_on(server, &flow, &destinations).await;
    for _ in 0..5 {
        assert_eq!(site.source().lead(&solar_lead()).await.status, 200);
    }
    let wrong = json!({"flow": "solar", "fields": {}});
    assert_eq!(site.source().lead(&wrong).await.status, 422);
    let monitor = Caller::new(&address(&site), None);
    let answer = monitor.get("/metrics").await;
    assert_eq!(answer.status, 200);
    assert!(
        answer
            .header("content-type")
            .starts_with("application/openmetrics-text")
    );
    let text = answer.text;
    for (figure, expected) in [
        ("pointsman_leads_total{outcome=\"sold\"}", 5.0),
        ("pointsman_leads_refused_total{cause=\"problems\"}", 1.0),
        (
            "pointsman_offers_total{destination=\"acme\",outcome=\"rejected\"}",
            5.0,
        ),
        (
            "pointsman_offers_total{destination=\"zenith\",outcome=\"accepted\"}",
            5.0,
        ),
        ("pointsman_lead_answer_seconds_count", 5.0),
        ("pointsman_queue_commands", 0.0),
        ("pointsman_breakers_open", 0.0),
        ("pointsman_database_answers", 1.0),
    ] {
        assert_eq!(value(&text, figure), Some(expected), "{figure}: {text}");
    }
    assert!(
        value(&text, "pointsman_batch_seconds_count").unwrap() >= 15.0,
        "{text}"
    );
    assert!(text.ends_with("# EOF\n"), "{text}");
    until("sums have followed", async || {
        let text = monitor.get("/metrics").await.text;
        (value(&text, "pointsman_behind_numbers{fold=\"rollups\"}") == Some(0.0)).then_some(())
    })
    .await;
    // The listener of leads shows nothing of it.
    assert_eq!(site.server.stranger().get("/metrics").await.status, 404);
    assert_eq!(monitor.get("/graphql").await.status, 404);
}

/// What needs a person now, or needed one.
async fn alerts(site: &Site, is_lasting: bool) -> Vec<Value> {
    let query = "query($isLasting: Boolean) { alerts(isLasting: $isLasting) {
        nodes { kind subject beganAt endedAt toldAt endToldAt } } }";
    let found = site
        .admin
        .graphql(query, &json!({ "isLasting": is_lasting }))
        .await;
    found["alerts"]["nodes"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_is_told_when_a_cap_is_used_up_and_when_a_breaker_opens() {
    let hook = Buyer::always(Reply::AcceptUnpriced).await;
    let acme = Buyer::always(Reply::Accept("5")).await;
    let flow = one_after_the_other(&["acme", "nobody"]);
    let nobody = Buyer::always(Reply::Accept("5")).await;
    let capped = Destination {
        settings: json!({"caps": [{"kind": "accepted", "max": 2, "window": "day"}]}),
        ..open_to_all("acme", &acme)
    };
    let url = hook.target(1_000)["url"].as_str().unwrap().to_owned();
    let server = Server::start_on("pointsman.db", pointsman);
    let mut site = Site::open_on(server, &flow, &[capped, open_to_all("nobody", &nobody)]).await;
    site.server.stop();
    let settings = format!("alerts_url = \"{url}\"\n");
    std::fs::write(
        site.server.database().with_file_name("pointsman.toml"),
        settings,
    )
    .unwrap();
    site.start_again();
    // Nothing listens at this address.
    let target = json!({"url": "http://127.0.0.1:9/leads"});
    put_destination(&site.admin, "nobody", &target, &json!({})).await;
    for _ in 0..8 {
        assert_eq!(site.source().lead(&solar_lead()).await.status, 200);
    }
    let told = |kind: &'static str, state: &'static str| {
        hook.posts()
            .into_iter()
            .find(|post| post.body["kind"] == kind && post.body["state"] == state)
    };
    let cap = until("the cap is told", async || told("cap_reached", "firing")).await;
    assert_eq!(cap.body["subject"], "acme/accepted a day");
    let breaker = until("the breaker is told", async || {
        told("breaker_open", "firing")
    })
    .await;
    assert_eq!(breaker.body["subject"], "nobody");
    assert!(
        breaker.body["message"]
            .as_str()
            .unwrap()
            .contains("`nobody`")
    );
    let again = hook
        .posts()
        .iter()
        .filter(|post| post.body["kind"] == "cap_reached")
        .count();
    assert_eq!(again, 1);
    // Nor after a restart: what was told is known.
    let lasting = alerts(&site, true).await;
    let of_cap = lasting
        .iter()
        .find(|alert| alert["kind"] == "CAP_REACHED")
        .unwrap();
    assert_eq!(of_cap["subject"], "acme/accepted a day");
    assert!(of_cap["toldAt"].is_string(), "{of_cap}");
    site.server.kill();
    site.start_again();
    // More room ends it.
    let more = json!({"caps": [{"kind": "accepted", "max": 100, "window": "day"}]});
    put_destination(&site.admin, "acme", &acme.target(1_000), &more).await;
    let over = until("it is told that it is over", async || {
        told("cap_reached", "resolved")
    })
    .await;
    assert_eq!(over.body["subject"], "acme/accepted a day");
    let firing = |post: &crate::buyer::Post| {
        post.body["kind"] == "cap_reached" && post.body["state"] == "firing"
    };
    assert_eq!(hook.posts().iter().filter(|post| firing(post)).count(), 1);
    until("the end is kept", async || {
        let past = alerts(&site, false).await;
        let of_cap = past.iter().find(|alert| alert["kind"] == "CAP_REACHED")?;
        (of_cap["endedAt"].is_string() && of_cap["endToldAt"].is_string()).then_some(())
    })
    .await;
    let settings = "{ alertSettings { isWatching webhook silenceMinutes failuresPercent } }";
    let settings = site.admin.graphql(settings, &json!({})).await;
    let shown = settings["alertSettings"].clone();
    let base = url.rsplit_once('/').unwrap().0;
    assert_eq!(
        shown,
        json!({ "isWatching": true, "webhook": format!("{base}/***"), "silenceMinutes": 60, "failuresPercent": 50 })
    );
    site.server.stop();
}
