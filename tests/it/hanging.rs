//! Buyers that keep everybody waiting: whom they hold up, and whom not.
//!
//! `tests/hanging-buyer.sh` runs the last of these stories at its full size: 200 leads a second for a
//! minute, three times with such a buyer and three times without, and compares what others had to wait.

use std::process::Command;

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::{
    buyer::{Buyer, Reply},
    program::{pointsman, pointsman_within},
    restart::verify,
    server::Server,
    site::{BUYER_MS, Destination, Site, one_after_the_other, open_to_all, solar_lead},
    wait::until,
};

mod crowd;

use crowd::{Crowd, Figures};

/// Failures in a row that open a breaker.
const FAILURES: usize = 5;
/// How many files the server may have open in the story of the crowd.
const FILES: u32 = 256;
/// Offers that may be under way with one destination in the story of the busy buyer.
const PLACES: usize = 2;

fn within_few_files() -> Command {
    pointsman_within(FILES)
}

fn with_few_places() -> Command {
    let mut command = pointsman();
    command.env("POINTSMAN_OFFERS_PER_DESTINATION_MAX", PLACES.to_string());
    command
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_in_a_hurry_shuts_no_buyer_for_the_others() {
    let n_hurried = FAILURES + 2;
    let script = move |n: usize| match n {
        n if n < n_hurried => Reply::Hang,
        _ => Reply::Accept("5"),
    };
    let acme = Buyer::scripted(script).await;
    let destinations = [open_to_all("acme", &acme)];
    let mut site = Site::open(&one_after_the_other(&["acme"]), &destinations).await;
    let mut hurried = JoinSet::new();
    for _ in 0..n_hurried {
        let (source, mut lead) = (site.source(), solar_lead());
        lead["deadline_ms"] = json!(1_000);
        hurried.spawn(async move { source.lead(&lead).await.json() });
    }
    for answer in hurried.join_all().await {
        let id = answer["lead_id"].as_str().unwrap();
        let lead = until("the lead is held", async || {
            Some(site.lead(id).await).filter(|lead| lead["status"] == "HELD")
        });
        let lead = lead.await;
        let attempt = &lead["deliveries"][0]["attempts"][0];
        assert_eq!(attempt["outcome"], "cut_off", "{lead:#}");
    }
    let sold = async |site: &Site| site.source().lead(&solar_lead()).await.json()["status"].take();
    assert_eq!(sold(&site).await, "sold");
    // What was stored says the same.
    site.server.kill();
    site.start_again();
    assert_eq!(sold(&site).await, "sold");
    site.server.stop();
    verify(&site.server.database(), n_hurried + 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_finds_a_buyer_busy_goes_on_to_the_next_and_it_counts_against_nobody() {
    let slow = Buyer::always(Reply::AcceptOnWord("5")).await;
    let quick = Buyer::always(Reply::Accept("1")).await;
    let destinations = [open_to_all("slow", &slow), open_to_all("quick", &quick)];
    let flow = one_after_the_other(&["slow", "quick"]);
    let server = Server::start_on("pointsman.db", with_few_places);
    let mut site = Site::open_on(server, &flow, &destinations).await;
    let n_leads = PLACES + FAILURES + 1;
    let mut leads = JoinSet::new();
    for _ in 0..n_leads {
        let source = site.source();
        leads.spawn(async move { source.lead(&solar_lead()).await.json() });
    }
    let mut to_quick = Vec::new();
    while to_quick.len() < n_leads - PLACES {
        to_quick.push(leads.join_next().await.unwrap().unwrap());
    }
    slow.give_word(PLACES + 1);
    for answer in leads.join_all().await {
        assert_eq!(answer["destination"], "slow", "{answer}");
    }
    for answer in to_quick {
        assert_eq!(answer["destination"], "quick", "{answer}");
        let lead = site.lead(answer["lead_id"].as_str().unwrap()).await;
        let passed = &lead["deliveries"][0];
        assert_eq!(
            (&passed["state"], &passed["attempts"][0]["outcome"]),
            (&json!("NOT_SENT"), &json!("destination_busy")),
            "{lead:#}"
        );
    }
    // Its breaker is closed.
    let answer = site.source().lead(&solar_lead()).await.json();
    assert_eq!(answer["destination"], "slow", "{answer}");
    site.server.stop();
    verify(&site.server.database(), n_leads + 1);
}

#[test]
fn a_server_that_may_open_too_few_files_says_how_to_let_it_open_more() {
    let folder = tempfile::tempdir().unwrap();
    let mut serve = pointsman_within(100);
    serve.args(["serve", "--db", "pointsman.db", "--listen", "127.0.0.1:0"]);
    let output = serve.current_dir(folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("the limit of open files is 100"), "{told}");
    assert!(told.contains("ulimit -Hn"), "{told}");
}

/// Figures of several runs with a buyer that hangs, and of several without it.
#[tokio::test(flavor = "multi_thread")]
#[expect(
    clippy::print_stderr,
    reason = "these figures are what the script is run for"
)]
async fn a_buyer_that_hangs_holds_up_nobody_elses_leads() {
    let crowd = Crowd::of_the_environment();
    eprintln!("{crowd:?}, {FILES} files");
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for round in 1..=crowd.rounds {
        for hangs in [false, true] {
            let figures = run(&crowd, hangs).await;
            let with_or_without = if hangs { "with" } else { "without" };
            eprintln!("round {round}, {with_or_without} the buyer that hangs: {figures}");
            assert_eq!(figures.unsold, 0, "{figures}");
            if hangs { &mut with } else { &mut without }.push(figures);
        }
    }
    let [with, without] = [with, without].map(|runs| Figures::median_p99_ms(&runs));
    eprintln!(
        "medians of the p99 of the other buyer's leads: {without} ms without, {with} ms with"
    );
    if crowd.is_full {
        assert!(
            with <= 2 * without,
            "{with} ms is more than twice {without} ms"
        );
    }
}

async fn run(crowd: &Crowd, hangs: bool) -> Figures {
    let late = crowd.hang;
    let slow = Buyer::scripted(move |_| Reply::AcceptLate(late, "5")).await;
    let quick = Buyer::always(Reply::Accept("1")).await;
    let destinations = [
        Destination {
            // Longer than it hangs: no breaker comes to our help.
            timeout_ms: 2 * BUYER_MS,
            ..open_to_all("slow", &slow)
        },
        open_to_all("quick", &quick),
    ];
    let server = Server::start_on("pointsman.db", within_few_files);
    let mut site = Site::open_on(server, &flow(hangs), &destinations).await;
    let figures = crowd.send(&site).await;
    if crowd.is_full {
        // What is still on its way to the one that hangs need not be waited for.
        site.server.kill();
    } else {
        site.server.stop();
    }
    figures
}

/// Flat roofs go to the buyer that hangs first, all others to the quick one alone.
fn flow(hangs: bool) -> Value {
    let first = if hangs { "slow" } else { "quick" };
    let nodes = json!({
        "roofs": {"kind": "when", "if": "roof == \"flat\"", "then": first.to_owned() + "-first", "otherwise": "quick"},
        "slow-first": {"kind": "waterfall", "to": ["slow", "quick"]},
        "quick-first": {"kind": "waterfall", "to": ["quick", "slow"]},
        "slow": {"kind": "destination"},
        "quick": {"kind": "destination"},
    });
    let mut nodes = nodes.as_object().unwrap().clone();
    nodes.remove(if hangs { "quick-first" } else { "slow-first" });
    crate::site::solar_flow("roofs", &Value::Object(nodes))
}
