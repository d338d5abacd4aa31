//! Rows as requests of their source.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use anyhow::{Context as _, anyhow, bail};
use reqwest::{Client, Response, StatusCode, header, redirect};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{Job, results::Ended};

/// Longer than any lead takes: the service gives up on a lead after 30 seconds.
const TIMEOUT: Duration = Duration::from_mins(1);
/// How long a server may be away before the import is given up.
const AWAY_MAX: Duration = Duration::from_mins(2);
/// Before a request is made again where nobody says when.
const BEFORE_RETRY: Duration = Duration::from_secs(1);
/// The longest wait that a server is believed.
const WAIT_MAX: Duration = Duration::from_mins(1);

/// Sends rows to one address, all of them slower where the server asks for it.
pub(super) struct Sender {
    http: Client,
    url: String,
    token: String,
    columns: Vec<String>,
    /// Whether the keys are ids that people gave.
    has_ids: bool,
    /// Nothing is sent before.
    not_before: Mutex<Instant>,
    is_stopped: AtomicBool,
}

/// The answer to a lead.
#[derive(Debug, Deserialize)]
struct RowAnswer {
    lead_id: String,
    status: String,
}

/// What an attempt came to.
enum Attempt {
    Ended(Ended),
    /// It is to be made again without a key.
    HasOwnKey,
    /// It may be made again, after a wait that the server may have named. A server that asks for one is there.
    Again {
        wait: Option<Duration>,
        is_there: bool,
        why: anyhow::Error,
    },
}

impl Sender {
    pub(super) fn new(job: &Job) -> anyhow::Result<Self> {
        let reader = super::open(job);
        let columns = match reader {
            Ok(reader) => reader.columns().to_vec(),
            Err(_) => bail!("{} has changed", job.file.display()),
        };
        let mut url = url::Url::parse(&job.server)
            .with_context(|| format!("`{}` is no address of a server", job.server))?;
        url.path_segments_mut()
            .map_err(|()| anyhow!("`{}` is no address of a server", job.server))?
            .pop_if_empty()
            .extend(["v1", "sources", &job.source, "leads"]);
        Ok(Self {
            http: Client::builder()
                .tls_backend_preconfigured(pointsman_delivery::tls()?)
                .timeout(TIMEOUT)
                // Whoever moves the server elsewhere is not handed the token and the leads.
                .redirect(redirect::Policy::none())
                .build()?,
            url: url.into(),
            token: job.token.clone(),
            has_ids: job.key_column.is_some(),
            columns,
            not_before: Mutex::new(Instant::now()),
            is_stopped: AtomicBool::new(false),
        })
    }

    /// Sends nothing more.
    pub(super) fn stop(&self) {
        self.is_stopped.store(true, Ordering::Relaxed);
    }

    /// Sends a row until its end is known.
    ///
    /// # Errors
    ///
    /// What would refuse every other row too, such as an unknown source, and a server that is away for too long.
    pub(super) async fn send(&self, key: &str, cells: &[String]) -> anyhow::Result<Ended> {
        let mut key = Some(key);
        let mut away_since = None;
        loop {
            if self.is_stopped.load(Ordering::Relaxed) {
                bail!("the import was stopped");
            }
            tokio::time::sleep_until(self.not_before()).await;
            match self.attempt(key, cells).await? {
                Attempt::Ended(ended) => return Ok(ended),
                // The document of the source takes the id out of the row, which is as good as a key of ours.
                Attempt::HasOwnKey => key = None,
                Attempt::Again {
                    wait,
                    is_there,
                    why,
                } => {
                    let since = *away_since.get_or_insert_with(Instant::now);
                    if is_there {
                        away_since = None;
                    } else if since.elapsed() > AWAY_MAX {
                        return Err(why);
                    }
                    self.slow_down(wait.unwrap_or(BEFORE_RETRY).min(WAIT_MAX));
                }
            }
        }
    }

    fn not_before(&self) -> Instant {
        *self
            .not_before
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets all rows wait: a server that is full is not helped by those that have not been told yet.
    fn slow_down(&self, wait: Duration) {
        let mut not_before = self
            .not_before
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *not_before = (*not_before).max(Instant::now() + wait);
    }

    async fn attempt(&self, key: Option<&str>, cells: &[String]) -> anyhow::Result<Attempt> {
        let form: Vec<(&String, &String)> = self.columns.iter().zip(cells).collect();
        let mut request = self.http.post(&self.url).bearer_auth(&self.token);
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        let request = request.form(&form).build()?;
        let away = |why| Attempt::Again {
            wait: None,
            is_there: false,
            why,
        };
        let response = match self.http.execute(request).await {
            Ok(response) => response,
            Err(error) => {
                let why =
                    anyhow!(error.without_url()).context(format!("no answer of {}", self.url));
                return Ok(away(why));
            }
        };
        let wait = retry_after(&response);
        let status = response.status();
        match response.text().await {
            Ok(body) => self.read(status, wait, &body, key.is_some()),
            Err(error) => Ok(away(
                anyhow!(error.without_url()).context("the answer broke off"),
            )),
        }
    }

    fn read(
        &self,
        status: StatusCode,
        wait: Option<Duration>,
        body: &str,
        has_key: bool,
    ) -> anyhow::Result<Attempt> {
        if status.is_success() {
            let answer: RowAnswer = serde_json::from_str(body)
                .with_context(|| format!("{} does not answer as Pointsman does", self.url))?;
            return Ok(Attempt::Ended(Ended {
                lead_id: Some(answer.lead_id),
                status: answer.status,
                problems: Vec::new(),
            }));
        }
        let details: Value = serde_json::from_str(body).unwrap_or_default();
        let detail = details["detail"].as_str().unwrap_or("no reason is given");
        let why = || anyhow!("{} answers {status}: {detail}", self.url);
        let again = |is_there| Attempt::Again {
            wait,
            is_there,
            why: why(),
        };
        match status {
            StatusCode::TOO_MANY_REQUESTS => Ok(again(true)),
            // A server that is full will have room; one that stops, or whose database is away, is as good as away.
            StatusCode::SERVICE_UNAVAILABLE => Ok(again(details["code"] == "busy")),
            // The first request of this row is still under way: it was sent by an import that was killed.
            StatusCode::CONFLICT | StatusCode::REQUEST_TIMEOUT => Ok(again(false)),
            status if status.is_server_error() => Ok(again(false)),
            // The row is refused, and others may not be.
            StatusCode::UNPROCESSABLE_ENTITY | StatusCode::PAYLOAD_TOO_LARGE => {
                let problems = details["problems"].as_array().cloned().unwrap_or_default();
                let is_of_key = |problem: &Value| {
                    problem["code"] == "contradiction" && problem["path"] == "idempotency_key"
                };
                if has_key && !self.has_ids && problems.iter().any(is_of_key) {
                    return Ok(Attempt::HasOwnKey);
                }
                let alone = vec![json!({"code": details["code"], "message": detail})];
                let problems = if problems.is_empty() { alone } else { problems };
                Ok(Attempt::Ended(Ended::refused(problems)))
            }
            _ => Err(why()),
        }
    }
}

/// How long the server asks to wait.
fn retry_after(response: &Response) -> Option<Duration> {
    let value = response.headers().get(header::RETRY_AFTER)?;
    let seconds: u64 = value.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}
