//! Hostile documents and slow clients, beside people who want something.
//!
//! `POINTSMAN_ATTACK_SECONDS` says for how long, `POINTSMAN_ATTACK_MS` how long one refusal may take. The
//! script `tests/attack.sh` tries it for longer and holds it to 50 ms.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use reqwest::Method;
use serde_json::json;

use crate::{
    buyer::{Buyer, Reply},
    caller::{Caller, answer, try_answer},
    site::{Site, one_after_the_other, open_to_all, solar_lead},
};

/// Hostile requests a second.
const RATE: u32 = 100;

fn setting(name: &str, default: u32) -> u32 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap())
}

/// Fragments that spread the next one twice, `levels` deep.
fn doubling(levels: usize) -> String {
    let fragments =
        (0..levels).map(|n| format!("fragment F{n} on Query{{...F{0} ...F{0}}} ", n + 1));
    let fragments: String = fragments.collect::<Vec<_>>().concat();
    format!("{fragments}fragment F{levels} on Query{{__typename}}")
}

/// What is sent: a name, and the document.
fn documents() -> Vec<(&'static str, String)> {
    let lists = |n: usize| format!("{{lead(id:{}{}){{id}}}}", "[".repeat(n), "]".repeat(n));
    vec![
        ("nested lists", lists(339)),
        ("more of them", lists(8_000)),
        (
            "nested objects",
            format!("{{lead(id:{}", "{a:".repeat(5_000)),
        ),
        (
            "nested selections",
            format!("{{{}", "...on Query{".repeat(1_000)),
        ),
        (
            "nested types",
            format!("query A($v:{}Int){{a}}", "[".repeat(8_000)),
        ),
        (
            "doubling fragments, another operation",
            format!("query A{{__typename}} query B{{...F0}} {}", doubling(20)),
        ),
        (
            "doubling fragments, this operation",
            format!("query A{{...F0}} {}", doubling(25)),
        ),
        (
            "doubling fragments that nobody uses",
            format!("query A{{__typename}} {}", doubling(200)),
        ),
        (
            "fragments in a circle",
            "query A{...F} fragment F on Query{...G} fragment G on Query{...F}".to_owned(),
        ),
    ]
}

/// Sends a document by POST or GET, and gives the status.
async fn send(caller: &Caller, method: Method, document: &str) -> reqwest::Result<u16> {
    let request = caller.request(method.clone(), "/graphql");
    let request = if method == Method::POST {
        request.json(&json!({ "query": document, "operationName": "A" }))
    } else {
        request.query(&[("query", document), ("operationName", "A")])
    };
    Ok(try_answer(request).await?.status)
}

#[tokio::test(flavor = "multi_thread")]
#[expect(
    clippy::print_stderr,
    reason = "who repeats a failure needs the figures"
)]
async fn hostile_documents_are_refused_at_once_and_harm_nobody() {
    let sunny = Buyer::always(Reply::Accept("1")).await;
    let flow = one_after_the_other(&["sunny"]);
    let mut site = Site::open(&flow, &[open_to_all("sunny", &sunny)]).await;
    let limit = Duration::from_millis(setting("POINTSMAN_ATTACK_MS", 1_000).into());
    let callers = [(site.server.stranger(), 401), (site.source(), 400)];
    for (what, document) in documents() {
        for (caller, status) in &callers {
            for method in [Method::POST, Method::GET] {
                let mut fastest = Duration::MAX;
                for _ in 0..5 {
                    let started = Instant::now();
                    let got = send(caller, method.clone(), &document).await.unwrap();
                    assert_eq!(got, *status, "{what} by {method}");
                    fastest = fastest.min(started.elapsed());
                }
                eprintln!(
                    "{status} {method:4} {fastest:>12.1?}  {what} ({} bytes)",
                    document.len()
                );
                assert!(fastest < limit, "{what} by {method}: {fastest:?}");
            }
        }
    }
    let attack = Attack::start(callers.map(|(caller, _)| caller));
    let until = Instant::now() + Duration::from_secs(setting("POINTSMAN_ATTACK_SECONDS", 1).into());
    let source = site.source();
    let (mut leads, mut alive) = (Vec::new(), Vec::new());
    while Instant::now() < until {
        let started = Instant::now();
        assert_eq!(source.get("/livez").await.status, 200);
        alive.push(started.elapsed());
        let started = Instant::now();
        let sold = answer(
            source
                .request(Method::POST, "/v1/leads")
                .json(&solar_lead()),
        )
        .await;
        assert_eq!(sold.json()["status"], "sold", "{sold:?}");
        leads.push(started.elapsed());
    }
    let started = Instant::now();
    site.server.stop();
    let stopped = started.elapsed();
    eprintln!("{} hostile requests were answered meanwhile", attack.stop());
    eprintln!(
        "/livez {}, leads {}, stopped in {stopped:.1?}",
        quantiles(alive),
        quantiles(leads)
    );
    assert!(stopped < Duration::from_secs(20), "{stopped:?}");
}

/// Median and worst.
fn quantiles(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    let (median, worst) = (times[times.len() / 2], times[times.len() - 1]);
    format!(
        "{} times: median {median:.1?}, worst {worst:.1?}",
        times.len()
    )
}

/// Hostile requests at a steady rate, until it is stopped.
struct Attack {
    is_over: Arc<AtomicBool>,
    answered: Arc<AtomicUsize>,
}

impl Attack {
    fn start(callers: [Caller; 2]) -> Self {
        let attack = Self {
            is_over: Arc::default(),
            answered: Arc::default(),
        };
        let (is_over, answered) = (Arc::clone(&attack.is_over), Arc::clone(&attack.answered));
        let documents: Arc<Vec<String>> =
            Arc::new(documents().into_iter().map(|(_, text)| text).collect());
        tokio::spawn(async move {
            let mut ticks = tokio::time::interval(Duration::from_secs(1) / RATE);
            for n in 0.. {
                ticks.tick().await;
                if is_over.load(Ordering::Relaxed) {
                    return;
                }
                let (caller, documents) = (callers[n % 2].clone(), Arc::clone(&documents));
                let answered = Arc::clone(&answered);
                tokio::spawn(async move {
                    let method = if n / 2 % 2 == 0 {
                        Method::POST
                    } else {
                        Method::GET
                    };
                    // The server is stopped in the midst of it.
                    if send(&caller, method, &documents[n / 4 % documents.len()])
                        .await
                        .is_ok()
                    {
                        answered.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
        });
        attack
    }

    fn stop(self) -> usize {
        self.is_over.store(true, Ordering::Relaxed);
        self.answered.load(Ordering::Relaxed)
    }
}

/// Waits until the server hangs up, and gives what it said before and how long it took.
fn hung_up(mut stream: TcpStream) -> (String, Duration) {
    let started = Instant::now();
    stream
        .set_read_timeout(Some(Duration::from_mins(1)))
        .unwrap();
    let mut said = Vec::new();
    // A connection that is reset has ended too; one that is still open fails below, by its time.
    let _ = stream.read_to_end(&mut said);
    (
        String::from_utf8_lossy(&said).into_owned(),
        started.elapsed(),
    )
}

#[test]
fn a_connection_that_says_nothing_more_is_ended() {
    let mut server = crate::server::Server::start();
    let address = server.base().trim_start_matches("http://").to_owned();
    let says = |text: &str| {
        let mut stream = TcpStream::connect(&address).unwrap();
        stream.write_all(text.as_bytes()).unwrap();
        std::thread::spawn(move || hung_up(stream))
    };
    let silent = [
        says(""),
        says("POST /graphql HTTP/1.1\r\nHost: x\r\nContent-"),
        says("PRI * HTTP/2.0\r\n"),
        says("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"),
    ];
    let answers: Vec<(String, Duration)> =
        silent.into_iter().map(|it| it.join().unwrap()).collect();
    for (said, took) in &answers {
        assert!(*took < Duration::from_secs(20), "{took:?}: {said}");
    }
    assert!(answers[3].0.starts_with("HTTP/1.1 200"), "{}", answers[3].0);
    server.stop();
}
