//! One running platform for each test, and the plainest of HTTP clients.

use std::{collections::BTreeMap, net::SocketAddr, sync::Arc, time::Duration};

use pointsman_api::{ApiOptions, router};
use pointsman_control::{NewDestination, NewToken, Publication, Role};
use pointsman_engine::{Checked, Kind, ReportProgress};
use pointsman_flow::Document;
use pointsman_history::Clock;
use pointsman_lead::Problem;
use pointsman_store::Store;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use crate::platform::{Options, Platform};

/// The flow that every site has: Californians are declined, nobody is there to take the others.
pub(crate) const FLOW: &str = "auto-insurance";

/// A running platform, and where it is reached.
pub(crate) struct Site {
    pub(crate) platform: Platform,
    pub(crate) address: SocketAddr,
    tokens: BTreeMap<&'static str, String>,
    _folder: TempDir,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// By name in lower case.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// `code path` of each problem.
    pub(crate) fn problems(&self) -> Vec<String> {
        let body = self.json();
        let problems = body["problems"].as_array().cloned().unwrap_or_default();
        let text = |problem: &Value, name: &str| problem[name].as_str().unwrap_or("?").to_owned();
        problems
            .iter()
            .map(|problem| format!("{} {}", text(problem, "code"), text(problem, "path")))
            .collect()
    }
}

impl Site {
    pub(crate) async fn open() -> Self {
        Self::with(ApiOptions::default()).await
    }

    pub(crate) async fn with(options: ApiOptions) -> Self {
        Self::at(options, Clock::real()).await
    }

    /// The same in another time.
    pub(crate) async fn at(options: ApiOptions, clock: Clock) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database_url = format!("sqlite://{}", folder.path().join("pointsman.db").display());
        let platform = Options {
            clock,
            ..platform_options(database_url)
        };
        let platform = Platform::open(platform).await.unwrap();
        configure(&platform).await;
        let mut tokens = BTreeMap::new();
        for role in Role::ALL {
            let new = NewToken {
                name: role.word().to_owned(),
                role,
                source: (role == Role::Source).then(|| "web".to_owned()),
                destination: None,
            };
            tokens.insert(
                role.word(),
                platform.control.create_token(new).await.unwrap().secret,
            );
        }
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = router(platform.control.clone(), platform.engine.clone(), options);
        tokio::spawn(async move { axum::serve(listener, state).await });
        Self {
            platform,
            address,
            tokens,
            _folder: folder,
        }
    }

    /// The secret of a role.
    pub(crate) fn token(&self, role: &str) -> &str {
        &self.tokens[role]
    }

    /// The secret of a token that may send leads for any source.
    pub(crate) async fn unbound_source_token(&self) -> String {
        let new = NewToken {
            name: "unbound".to_owned(),
            role: Role::Source,
            source: None,
            destination: None,
        };
        self.platform
            .control
            .create_token(new)
            .await
            .unwrap()
            .secret
    }

    pub(crate) async fn n_leads(&self) -> usize {
        let read = self.platform.engine.store().read();
        read.leads(&pointsman_store::LeadFilter::default(), None, 1_000)
            .await
            .unwrap()
            .items
            .len()
    }

    /// Sends a request as it stands here.
    ///
    /// * `headers`: whole lines.
    pub(crate) async fn send(&self, request: &str, headers: &[&str], body: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        // HTTP/1.0: the answer ends with the connection.
        let mut head = format!("{request} HTTP/1.0\r\nHost: {}\r\n", self.address);
        for header in headers {
            head.push_str(header);
            head.push_str("\r\n");
        }
        head.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
        stream.write_all(head.as_bytes()).await.unwrap();
        // A server that refuses a large body hangs up before it has read it all.
        let _ = stream.write_all(body).await;
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes).await;
        let text = String::from_utf8(bytes).unwrap();
        let (head, body) = text
            .split_once("\r\n\r\n")
            .unwrap_or_else(|| panic!("no answer: {text}"));
        let mut lines = head.lines();
        let status = lines
            .next()
            .unwrap()
            .split(' ')
            .nth(1)
            .unwrap()
            .parse()
            .unwrap();
        let headers = lines.filter_map(|line| line.split_once(": "));
        let headers = headers
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        Answer {
            status,
            headers,
            text: body.to_owned(),
        }
    }

    /// Sends JSON with the token of a role; without one for an empty role.
    pub(crate) async fn post(&self, path: &str, role: &str, body: &Value) -> Answer {
        let mut headers = vec!["Content-Type: application/json".to_owned()];
        if !role.is_empty() {
            headers.push(format!("Authorization: Bearer {}", self.token(role)));
        }
        let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
        self.send(
            &format!("POST {path}"),
            &headers,
            body.to_string().as_bytes(),
        )
        .await
    }

    /// Asks GraphQL with the token of a role and gives what it says, which must be no error.
    pub(crate) async fn ask(&self, role: &str, query: &str, variables: Value) -> Value {
        let answer = self
            .post(
                "/graphql",
                role,
                &json!({ "query": query, "variables": variables }),
            )
            .await;
        let body = answer.json();
        assert!(body.get("errors").is_none(), "{body:#}");
        body["data"].clone()
    }

    /// Asks GraphQL and gives the codes of the top-level errors.
    pub(crate) async fn codes(&self, role: &str, query: &str, variables: Value) -> Vec<String> {
        let answer = self
            .post(
                "/graphql",
                role,
                &json!({ "query": query, "variables": variables }),
            )
            .await;
        let body = answer.json();
        let errors = body["errors"].as_array().cloned().unwrap_or_default();
        errors
            .iter()
            .map(|error| {
                error["extensions"]["code"]
                    .as_str()
                    .unwrap_or("?")
                    .to_owned()
            })
            .collect()
    }
}

/// Answers with what it was asked, or fails, is refused or goes on for ever as it was asked to.
#[derive(Debug)]
struct Echo;

impl Kind for Echo {
    fn check<'a>(&'a self, params: &'a Value, _store: &'a Store) -> Checked<'a> {
        let refused = (params["refuse"] == true)
            .then(|| Problem::new("too_many_leads", "scenario.flow", "too many leads"));
        Box::pin(std::future::ready(Ok(refused.into_iter().collect())))
    }

    fn run(&self, params: &Value, report: ReportProgress<'_>) -> Result<Value, String> {
        report(0.5).map_err(|cancelled| cancelled.to_string())?;
        if params["forever"] == true {
            loop {
                report(0.6).map_err(|cancelled| cancelled.to_string())?;
                std::thread::park_timeout(Duration::from_millis(1));
            }
        }
        match params["fail"].as_str() {
            Some(why) => Err(why.to_owned()),
            None => Ok(params.clone()),
        }
    }
}

/// How every platform of these tests is run.
pub(crate) fn platform_options(database_url: String) -> Options {
    let simulate: Arc<dyn Kind> = Arc::new(Echo);
    Options {
        database_url,
        clock: Clock::real(),
        accept_clock: false,
        jobs: BTreeMap::from([("simulate".to_owned(), simulate)]),
    }
}

/// The fields of the site's vertical.
pub(crate) fn fields() -> Value {
    json!([
        { "name": "state", "kind": "enum", "labels": ["CA", "TX", "NY"], "required": "post" },
        { "name": "age", "kind": "integer", "min": 16, "max": 120 },
        { "name": "email", "kind": "email", "pii": true }
    ])
}

/// The site's flow as it is written.
pub(crate) fn document() -> Value {
    json!({
        "flow": FLOW, "vertical": "auto", "currency": "USD", "root": "geo",
        "nodes": {
            "geo": { "kind": "when", "if": "state == \"CA\"", "then": "nobody", "otherwise": "halves" },
            "halves": { "kind": "split", "arms": [
                { "name": "first", "weight_ppm": 500_000, "to": "acme" },
                { "name": "second", "weight_ppm": 500_000, "to": "zenith" }
            ] },
            "acme": { "kind": "destination" },
            "zenith": { "kind": "destination" },
            "nobody": { "kind": "reject", "reason": "not in California" }
        }
    })
}

async fn configure(platform: &Platform) {
    platform
        .control
        .put_schema("auto", &fields())
        .await
        .unwrap();
    for name in ["acme", "zenith"] {
        let new = NewDestination {
            name: name.to_owned(),
            // Nothing listens there: what is offered is not sent.
            target: json!({
                "url": "http://127.0.0.1:9/leads",
                "secrets": { "key": "planted-secret" },
                "headers": { "X-Key": "{{secret.key}}" },
                "response": { "accepted": [{ "status": 200 }] }
            }),
            settings: json!({ "price": "12.50" }),
            vertical: Some("auto".to_owned()),
            expected_revision: Some(0),
        };
        platform.control.put_destination(new).await.unwrap();
    }
    let document = Document::from_json(&document().to_string()).unwrap();
    platform
        .control
        .save_draft(document, Some(0))
        .await
        .unwrap();
    let publication = Publication {
        flow: FLOW.to_owned(),
        message: "the first one".to_owned(),
        author: "tests".to_owned(),
        expected_revision: Some(1),
        set_live_if_first: true,
    };
    platform.control.publish(publication).await.unwrap();
}
