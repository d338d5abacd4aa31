//! Requests to the demonstration's server, as sources and destinations send them.

use std::{sync::Arc, time::Duration};

use anyhow::{Context as _, bail};
use pointsman_testkit::{GeneratedLead, Postback};
use reqwest::{Client, RequestBuilder};
use serde::Deserialize;
use serde_json::{Value, json};

use super::flows::FLOW;

/// Longer than any lead takes: the service gives up on a lead after 30 seconds.
const TIMEOUT: Duration = Duration::from_mins(1);
const BEFORE_RETRY: Duration = Duration::from_millis(250);

/// A client that sends leads and postbacks over HTTP.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    http: Client,
    leads_url: String,
    postbacks_url: String,
    source_token: String,
}

/// The answer to a lead, as far as the demonstration counts it.
#[derive(Debug, Deserialize)]
pub(super) struct LeadAnswer {
    /// `sold`, `unsold`, `declined`, `held`, or `queued`.
    pub(super) status: String,
}

impl Caller {
    /// * `base`: address of the server, such as `http://127.0.0.1:8080`.
    pub(super) fn new(
        base: &str,
        source_token: &str,
        postback_token: &str,
    ) -> anyhow::Result<Self> {
        Ok(Self {
            http: Client::builder()
                .tls_backend_preconfigured(no_tls()?)
                .no_proxy()
                .timeout(TIMEOUT)
                .build()?,
            leads_url: format!("{base}/v1/leads"),
            postbacks_url: format!("{base}/v1/postbacks/{postback_token}"),
            source_token: source_token.to_owned(),
        })
    }

    /// Sends a lead and waits for what becomes of it.
    pub(super) async fn lead(&self, lead: &GeneratedLead) -> anyhow::Result<LeadAnswer> {
        let body = lead_json(lead);
        let request = || {
            self.http
                .post(&self.leads_url)
                .bearer_auth(&self.source_token)
                .header("Idempotency-Key", &lead.key)
                .json(&body)
        };
        answer(request)
            .await
            .with_context(|| format!("sending lead {}", lead.key))
    }

    /// Reports a conversion. One that overtakes the answer to its own offer is kept until that is
    /// known, and counts then.
    pub(super) async fn postback(&self, postback: &Postback) -> anyhow::Result<()> {
        let request = || {
            self.http
                .get(format!("{}?{}", self.postbacks_url, postback.query()))
        };
        let _: Value = answer(request)
            .await
            .with_context(|| format!("reporting {}", postback.txid))?;
        Ok(())
    }
}

fn lead_json(lead: &GeneratedLead) -> Value {
    let mut body = json!({"flow": FLOW, "source": lead.source, "fields": lead.fields});
    for (position, sub_id) in lead.sub_ids().into_iter().enumerate() {
        if let Some(sub_id) = sub_id {
            body[format!("sub_id_{}", position + 1)] = sub_id.into();
        }
    }
    body
}

/// Makes a call, and once more if that fails: both carry the same key, so they count as one.
async fn answer<T: for<'a> Deserialize<'a>>(
    request: impl Fn() -> RequestBuilder,
) -> anyhow::Result<T> {
    if let Ok(answer) = answered(request()).await {
        Ok(answer)
    } else {
        tokio::time::sleep(BEFORE_RETRY).await;
        answered(request()).await
    }
}

async fn answered<T: for<'a> Deserialize<'a>>(request: RequestBuilder) -> anyhow::Result<T> {
    let response = request.send().await?;
    let status = response.status();
    let body = response.text().await?;
    if !status.is_success() {
        bail!("the answer was {status}: {body}");
    }
    serde_json::from_str(&body).with_context(|| format!("the answer `{body}`"))
}

/// The server is on this machine and speaks plain HTTP: no certificate is ever verified.
fn no_tls() -> anyhow::Result<rustls::ClientConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    Ok(config)
}
