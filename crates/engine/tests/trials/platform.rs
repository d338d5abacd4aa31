//! A platform with buyers who answer by a script.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use pointsman_control::{Control, ExpectedStage, NewDestination, Publication, StageMove};
use pointsman_delivery::Policy;
use pointsman_engine::{Engine, LeadRequest, Options};
use pointsman_flow::Document;
use pointsman_history::{Clock, hash_key, open};
use serde_json::{Map, Value, json};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

pub(crate) const TIMEOUT: Duration = Duration::from_secs(30);

/// A platform on a database of its own.
pub(crate) struct Platform {
    pub(crate) control: Control,
    pub(crate) engine: Engine,
    folder: TempDir,
}

/// A buyer who takes so many of each ten posts, spread out.
pub(crate) struct Buyer {
    url: String,
    posts: Arc<AtomicUsize>,
}

impl Buyer {
    pub(crate) async fn takes(of_ten: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let posts = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&posts);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(answer(stream, of_ten, Arc::clone(&counted)));
            }
        });
        Self { url, posts }
    }

    pub(crate) fn n_posts(&self) -> usize {
        self.posts.load(Ordering::SeqCst)
    }
}

/// Answers the posts of a connection one after the other.
async fn answer(mut stream: TcpStream, of_ten: usize, posts: Arc<AtomicUsize>) {
    let mut bytes: Vec<u8> = Vec::new();
    let mut part = [0; 8_192];
    loop {
        let head = bytes.windows(4).position(|it| it == b"\r\n\r\n");
        let length = head.map(|head| {
            let text = String::from_utf8_lossy(&bytes[..head]).to_lowercase();
            let line = text
                .lines()
                .find_map(|it| it.strip_prefix("content-length: ").map(str::to_owned));
            head + 4 + line.map_or(0, |it| it.trim().parse::<usize>().unwrap())
        });
        if let Some(length) = length.filter(|length| bytes.len() >= *length) {
            bytes.drain(..length);
            let n = posts.fetch_add(1, Ordering::SeqCst);
            let status = if (n * 7) % 10 < of_ten {
                "200 OK"
            } else {
                "409 Conflict"
            };
            let text = format!("HTTP/1.1 {status}\r\nContent-Length: 2\r\n\r\n{{}}");
            if stream.write_all(text.as_bytes()).await.is_err() {
                return;
            }
            continue;
        }
        match stream.read(&mut part).await {
            Ok(0) | Err(_) => return,
            Ok(n) => bytes.extend_from_slice(&part[..n]),
        }
    }
}

impl Platform {
    pub(crate) async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (control, engine) = start(&folder).await;
        let fields = json!([
            {"name": "state", "kind": "enum", "labels": ["CA", "TX", "NY"], "required": "post"},
            {"name": "age", "kind": "integer", "min": 16, "max": 120},
            {"name": "email", "kind": "email", "pii": true},
        ]);
        control.put_schema("auto", &fields).await.unwrap();
        Self {
            control,
            engine,
            folder,
        }
    }

    pub(crate) async fn restart(self) -> Self {
        let Self {
            control,
            engine,
            folder,
        } = self;
        drop(control);
        engine.stop(TIMEOUT).await.unwrap();
        let (control, engine) = start(&folder).await;
        Self {
            control,
            engine,
            folder,
        }
    }

    pub(crate) async fn put(&self, name: &str, buyer: &Buyer, settings: Value) {
        let new = NewDestination {
            name: name.to_owned(),
            target: json!({"url": buyer.url}),
            settings,
            vertical: Some("auto".to_owned()),
            expected_revision: None,
        };
        self.control.put_destination(new).await.unwrap();
    }

    /// Publishes a version of the flow; the first one is live.
    pub(crate) async fn publish(&self, nodes: &Value, root: &str) -> String {
        let document = json!({"flow": "story", "vertical": "auto", "currency": "USD",
            "root": root, "nodes": nodes});
        let document = Document::from_json(&document.to_string()).unwrap();
        self.control.save_draft(document, None).await.unwrap();
        let publication = Publication {
            flow: "story".to_owned(),
            message: "for a story".to_owned(),
            author: "tests".to_owned(),
            expected_revision: None,
            set_live_if_first: true,
        };
        let published = self.control.publish(publication).await;
        published.unwrap().version.hash
    }

    pub(crate) async fn live_is(&self, version: &str) {
        let stage = StageMove {
            flow: "story".to_owned(),
            stage: "live".to_owned(),
            version: version.to_owned(),
            expected: ExpectedStage::Any,
            by: "tests".to_owned(),
        };
        self.control.move_stage(stage).await.unwrap();
    }

    pub(crate) async fn send(
        &self,
        key: Option<String>,
        fields: Map<String, Value>,
        is_test: bool,
    ) {
        let request = LeadRequest {
            flow: "story".to_owned(),
            source: "web".to_owned(),
            idempotency_key: key,
            is_test,
            fields,
            ..LeadRequest::default()
        };
        self.engine.intake().submit(request).await.unwrap();
    }
}

async fn start(folder: &TempDir) -> (Control, Engine) {
    let url = format!("sqlite://{}", folder.path().join("pointsman.db").display());
    let clock = Clock::real();
    let store = open(&url, &pointsman_store::Options::default(), &clock, false).await;
    let store = store.unwrap();
    let control = Control::open(store.clone(), clock.clone()).await.unwrap();
    let options = Options {
        hash_key: hash_key(&store.read()).await.unwrap(),
        store,
        clock,
        node: "tests".to_owned(),
        routes: control.routes(),
        policy: Policy::loopback_too(),
        limits: pointsman_delivery::Limits::default(),
        learning: pointsman_bandit::Config::default(),
        keep_parked: Duration::from_hours(24),
        suppression: pointsman_engine::Suppression::default(),
        jobs: BTreeMap::new(),
    };
    (control, Engine::start(options).await.unwrap())
}

/// Waits for what must come.
pub(crate) async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let wait = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let found = tokio::time::timeout(4 * TIMEOUT, wait).await;
    found.unwrap_or_else(|_| panic!("{what} does not happen"))
}
