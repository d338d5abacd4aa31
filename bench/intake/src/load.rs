//! The load generator: a process of its own that sends leads over kept connections.

use std::{
    cell::RefCell,
    io::{Read as _, Write as _},
    net::SocketAddr,
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use pointsman_testkit::{GeneratedLead, World};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::{io::AsyncWriteExt as _, net::TcpStream, task::LocalSet};

use crate::{http::Reader, span::Spans};

/// The seed of the world whose leads are sent.
const SEED: u64 = 7;
/// Distinct leads; they are sent again and again.
const DISTINCT: usize = 16_384;

/// What to send.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct LoadSpec {
    /// Servers on one database; the connections are spread over them.
    pub(crate) addresses: Vec<SocketAddr>,
    pub(crate) flow: String,
    pub(crate) token: String,
    pub(crate) clients: usize,
    pub(crate) leads: usize,
    /// Leads a second, whatever comes back (an open loop); `None`: each client sends its next lead once the last
    /// one is answered.
    pub(crate) rate: Option<f64>,
}

/// How it went. The first eighth of the leads does not count.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Load {
    pub(crate) leads_per_s: f64,
    pub(crate) spans: Spans,
}

/// Reads what to send, sends it, and prints how it went.
pub(crate) fn main() -> Result<()> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    let spec: LoadSpec = serde_json::from_str(&text)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let load = LocalSet::new().block_on(&runtime, send(spec))?;
    writeln!(std::io::stdout(), "{}", serde_json::to_string(&load)?)?;
    Ok(())
}

/// What all clients share.
struct Shared {
    spec: LoadSpec,
    requests: Vec<Vec<u8>>,
    began: Instant,
    progress: RefCell<Progress>,
}

#[derive(Default)]
struct Progress {
    n_sent: usize,
    n_answered: usize,
    /// When the leads that count began.
    counts_from: Option<Instant>,
    times: Vec<Duration>,
}

async fn send(spec: LoadSpec) -> Result<Load> {
    let requests = requests(&spec)?;
    let mut streams = Vec::new();
    for address in spec.addresses.iter().cycle().take(spec.clients) {
        let stream = TcpStream::connect(address).await;
        let stream = stream.with_context(|| format!("connecting to {address}"))?;
        stream.set_nodelay(true)?;
        streams.push(stream);
    }
    let shared = Rc::new(Shared {
        requests,
        began: Instant::now(),
        progress: RefCell::default(),
        spec,
    });
    let clients: Vec<_> = streams
        .into_iter()
        .map(|stream| tokio::task::spawn_local(client(Rc::clone(&shared), stream)))
        .collect();
    for client in clients {
        client.await??;
    }
    let ended = Instant::now();
    let progress = shared.progress.take();
    let from = progress.counts_from.context("too few leads were sent")?;
    let n = u32::try_from(progress.times.len())?;
    Ok(Load {
        leads_per_s: f64::from(n) / (ended - from).as_secs_f64(),
        spans: Spans::of(progress.times),
    })
}

async fn client(shared: Rc<Shared>, mut stream: TcpStream) -> Result<()> {
    let mut reader = Reader::default();
    loop {
        let number = {
            let mut progress = shared.progress.borrow_mut();
            if progress.n_sent == shared.spec.leads {
                return Ok(());
            }
            progress.n_sent += 1;
            progress.n_sent - 1
        };
        let since = due(&shared, number).await;
        stream
            .write_all(&shared.requests[number % shared.requests.len()])
            .await?;
        let answer = reader.next(&mut stream).await?;
        let answer = answer.context("the server closed a connection")?;
        ensure!(
            matches!(answer.status(), Some(200 | 202)),
            "a lead was answered: {}{}",
            String::from_utf8_lossy(answer.head),
            String::from_utf8_lossy(answer.body)
        );
        shared.answered(since);
    }
}

/// Waits until a lead is due, and gives the moment that its time counts from. Where all clients were busy then, that
/// is the moment when it was due: who waits in a queue waits too.
async fn due(shared: &Shared, number: usize) -> Instant {
    let Some(rate) = shared.spec.rate else {
        return Instant::now();
    };
    let number = u32::try_from(number).unwrap_or(u32::MAX);
    let due = shared.began + Duration::from_secs_f64(f64::from(number) / rate);
    if Instant::now() >= due {
        return due;
    }
    tokio::time::sleep_until(due.into()).await;
    // The timer counts in milliseconds; what it oversleeps is no time of the service.
    Instant::now()
}

impl Shared {
    fn answered(&self, since: Instant) {
        let now = Instant::now();
        let mut progress = self.progress.borrow_mut();
        progress.n_answered += 1;
        if progress.counts_from.is_some() {
            progress.times.push(now - since);
        } else if progress.n_answered >= self.spec.leads / 8 {
            progress.counts_from = Some(now);
        }
    }
}

fn requests(spec: &LoadSpec) -> Result<Vec<Vec<u8>>> {
    let n = DISTINCT.min(spec.leads);
    let leads = World::new(SEED).leads(u64::try_from(n)?);
    leads.map(|lead| request(spec, lead)).collect()
}

fn request(spec: &LoadSpec, lead: GeneratedLead) -> Result<Vec<u8>> {
    let body = serde_json::to_string(&json!({
        "flow": spec.flow,
        "source": lead.source,
        "sub_id_1": lead.sub_id_1,
        "sub_id_5": lead.key,
        "fields": lead.fields,
    }))?;
    let (token, length) = (&spec.token, body.len());
    Ok(format!(
        "POST /v1/leads HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .into_bytes())
}
