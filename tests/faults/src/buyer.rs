//! Buyers that write down whatever they get before they answer, and misbehave when they are told to.

use std::{
    collections::BTreeMap,
    io,
    path::Path,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use acceptance::caller::{Caller, try_answer};
use axum::{
    Json, Router,
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Response},
    routing::post,
};
use checker::records::{BuyerEntry, Event, RecordFile, Says};
use futures_util::stream;
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{
    manner::{Habits, Manner},
    now,
};

/// A running buyer, which stops when this is dropped.
pub struct LedgerBuyer {
    /// Its name as a destination.
    pub name: &'static str,
    url: String,
    office: Arc<Office>,
    server: JoinHandle<()>,
}

struct Office {
    habits: Habits,
    manner: Mutex<Manner>,
    book: RecordFile,
    n_posts: AtomicUsize,
    /// Posts under way, and the most there were since somebody asked.
    under_way: Mutex<(usize, usize)>,
    /// What was decided under a key stays decided.
    decided: Mutex<BTreeMap<String, Decided>>,
    clicks: Mutex<Vec<String>>,
    /// Where early reports go.
    reports_to: Mutex<Option<(Caller, String)>>,
}

#[derive(Debug, Clone, Copy)]
struct Decided {
    takes: bool,
    says: Says,
    price: Option<i64>,
    delay: Duration,
    breaks_off: bool,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl LedgerBuyer {
    /// Opens a buyer on a free port.
    ///
    /// * `folder`: where its ledger goes.
    ///
    /// # Errors
    ///
    /// If no port can be had.
    pub async fn open(name: &'static str, habits: Habits, folder: &Path) -> io::Result<Self> {
        let path = folder.join(checker::BUYERS).join(format!("{name}.ndjson"));
        let office = Arc::new(Office {
            habits,
            manner: Mutex::new(Manner::Usual),
            book: RecordFile::open(&path).map_err(io::Error::other)?,
            n_posts: AtomicUsize::new(0),
            under_way: Mutex::default(),
            decided: Mutex::default(),
            clicks: Mutex::default(),
            reports_to: Mutex::default(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}/leads", listener.local_addr()?);
        let router = Router::new()
            .route("/leads", post(take))
            .with_state(Arc::clone(&office));
        let server = tokio::spawn(async move {
            // It serves until it is aborted; a failure shows at whoever posts.
            drop(axum::serve(listener, router).await);
        });
        Ok(Self {
            name,
            url,
            office,
            server,
        })
    }

    /// Behaves otherwise from now on.
    pub fn behave(&self, manner: Manner) {
        *locked(&self.office.manner) = manner;
    }

    /// Where it reports sales, for those who report early.
    pub fn reports_to(&self, caller: Caller, path: &str) {
        *locked(&self.office.reports_to) = Some((caller, path.to_owned()));
    }

    /// How many posts it got so far.
    pub fn n_posts(&self) -> usize {
        self.office.n_posts.load(Ordering::SeqCst)
    }

    /// The click ids of the leads that it took.
    pub fn clicks(&self) -> Vec<String> {
        locked(&self.office.clicks).clone()
    }

    /// The most posts that were under way at once since this was asked last.
    pub fn most_at_once(&self) -> usize {
        let mut under_way = locked(&self.office.under_way);
        let most = under_way.1;
        under_way.1 = under_way.0;
        most
    }

    /// How to reach it, as the JSON of a delivery target.
    pub fn target(&self, timeout_ms: u32) -> Value {
        json!({
            "url": self.url,
            "timeout_ms": timeout_ms,
            "body": {"lead_id": "{{lead_id}}", "click_id": "{{click_id}}", "roof": "{{lead.roof}}"},
            "response": {"price": "$.price", "reason": "$.reason"},
        })
    }

    /// Reports once what became of a lead, and writes down what it was told; the word of the answer.
    pub async fn report(&self, to: &Caller, path: &str, of: &Sale<'_>) -> String {
        self.office.report(to, path, of).await
    }
}

/// What is reported.
#[derive(Debug, Clone, Copy)]
pub struct Sale<'a> {
    /// Of which lead.
    pub click_id: &'a str,
    /// The buyer's own transaction.
    pub txid: &'a str,
    /// What it says.
    pub event: Event,
    /// Micro-units.
    pub amount: i64,
    /// Further parameters, such as `&event_time=1`; the checker knows nothing of them.
    pub more: &'a str,
}

impl Drop for LedgerBuyer {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Micro-units as main units.
fn main_units(micros: i64) -> String {
    format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000)
}

impl Office {
    async fn report(&self, to: &Caller, path: &str, of: &Sale<'_>) -> String {
        let Sale {
            click_id,
            txid,
            event,
            amount,
            more,
        } = *of;
        let status = match event {
            Event::Sale => "sale",
            Event::Rejected => "rejected",
        };
        let payout = main_units(amount);
        let path =
            format!("{path}?click_id={click_id}&txid={txid}&status={status}&payout={payout}{more}");
        let got = try_answer(to.request(reqwest::Method::GET, &path)).await;
        let (answer, text) = got.map_or((0, String::new()), |got| (got.status, got.text));
        self.book.write(&BuyerEntry::Reported {
            at: now(),
            click_id: click_id.to_owned(),
            txid: txid.to_owned(),
            event,
            amount,
            answer,
        });
        let body: Value = serde_json::from_str(&text).unwrap_or_default();
        body["status"].as_str().map_or(text, str::to_owned)
    }

    /// What comes of a post; the same key gets the same.
    fn decide(&self, key: &str, n: usize) -> Decided {
        let mut decided = locked(&self.decided);
        if let Some(known) = decided.get(key) {
            return *known;
        }
        let Habits {
            wants_of_ten,
            price,
            delay,
            silent_one_in,
            reports_early: _,
        } = self.habits;
        let wants = n * 7 % 10 < wants_of_ten;
        let is_silent = wants && silent_one_in > 0 && n % silent_one_in == silent_one_in / 2;
        let usual = Decided {
            takes: wants,
            says: match (wants, is_silent) {
                (_, true) => Says::Nothing,
                (true, false) => Says::Yes,
                (false, false) => Says::No,
            },
            price: (wants && !is_silent).then_some(price),
            delay,
            breaks_off: false,
        };
        let nothing = Decided {
            takes: false,
            says: Says::Nothing,
            price: None,
            ..usual
        };
        let made = match *locked(&self.manner) {
            Manner::Usual => usual,
            Manner::Hangs => Decided {
                delay: Duration::MAX,
                ..nothing
            },
            Manner::Flaps if !n.is_multiple_of(2) => usual,
            Manner::Fails | Manner::Flaps => nothing,
            Manner::Resets => Decided {
                takes: true,
                breaks_off: true,
                ..nothing
            },
            Manner::Late(delay) => Decided {
                takes: true,
                says: Says::Yes,
                price: Some(price),
                delay,
                breaks_off: false,
            },
        };
        decided.insert(key.to_owned(), made);
        made
    }
}

/// A post from its arrival to its answer, or until its sender hangs up.
struct UnderWay(Arc<Office>);

impl UnderWay {
    fn begin(office: &Arc<Office>) -> Self {
        let mut under_way = locked(&office.under_way);
        under_way.0 += 1;
        under_way.1 = under_way.1.max(under_way.0);
        drop(under_way);
        Self(Arc::clone(office))
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        locked(&self.0.under_way).0 -= 1;
    }
}

async fn take(
    State(office): State<Arc<Office>>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    let _under_way = UnderWay::begin(&office);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let key = headers
        .get("idempotency-key")
        .and_then(|it| it.to_str().ok());
    let key = key.unwrap_or_default().to_owned();
    let n = office.n_posts.fetch_add(1, Ordering::SeqCst);
    let decided = office.decide(&key, n);
    let click_id = text(&body["click_id"]);
    office.book.write(&BuyerEntry::Received {
        at: now(),
        key: key.clone(),
        lead_id: text(&body["lead_id"]),
        click_id: click_id.clone(),
        takes: decided.takes,
        says: decided.says,
        price: decided.price,
    });
    if decided.takes {
        locked(&office.clicks).push(click_id.clone());
    }
    if decided.takes && office.habits.reports_early {
        let to = locked(&office.reports_to).clone();
        if let Some((caller, path)) = to {
            let sale = Sale {
                click_id: &click_id,
                txid: "early",
                event: Event::Sale,
                amount: 250_000,
                more: "",
            };
            office.report(&caller, &path, &sale).await;
        }
    }
    if decided.delay == Duration::MAX {
        std::future::pending::<()>().await;
    }
    tokio::time::sleep(decided.delay).await;
    let silence = decided.takes && decided.says == Says::Nothing && !decided.breaks_off;
    if silence {
        std::future::pending::<()>().await;
    }
    office.book.write(&BuyerEntry::Answered { at: now(), key });
    if decided.breaks_off {
        return broken_off();
    }
    match decided.says {
        Says::Yes => {
            let price = decided.price.map(main_units);
            Json(json!({"price": price})).into_response()
        }
        Says::No => {
            let reason = Json(json!({"reason": "we know this person"}));
            (StatusCode::CONFLICT, reason).into_response()
        }
        Says::Later => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Says::Nothing => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// An answer of which no more than the beginning comes.
fn broken_off() -> Response {
    let pieces = [
        Ok("{\"price\": \"5"),
        Err(io::Error::other("the buyer breaks off")),
    ];
    Response::builder()
        .header("content-length", "100")
        .body(Body::from_stream(stream::iter(pieces)))
        .unwrap()
}
