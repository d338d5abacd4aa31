//! A client of the server: over plain HTTP and over GraphQL.

use std::{sync::Arc, time::Duration};

use reqwest::{Client, Method, RequestBuilder, header::HeaderMap};
use serde_json::{Value, json};

/// Longer than any lead takes: the service gives up on a lead after 30 seconds.
const TIMEOUT: Duration = Duration::from_mins(1);

/// A client of one server.
#[derive(Debug, Clone)]
pub struct Caller {
    http: Client,
    base: String,
    token: Option<String>,
}

/// An answer of an endpoint.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status of HTTP.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub text: String,
}

impl Answer {
    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// A header as text; empty if it is not there.
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default()
    }
}

impl Caller {
    /// * `base`: address of the server, such as `http://127.0.0.1:40001`.
    pub fn new(base: &str, token: Option<&str>) -> Self {
        let http = Client::builder()
            .tls_backend_preconfigured(no_tls())
            .no_proxy()
            .timeout(TIMEOUT)
            .build();
        Self {
            http: http.unwrap(),
            base: base.to_owned(),
            token: token.map(str::to_owned),
        }
    }

    /// A request to this server with the caller's token.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Gets what is at an address.
    pub async fn get(&self, path: &str) -> Answer {
        answer(self.request(Method::GET, path)).await
    }

    /// Sends a lead, or whatever else, as JSON.
    pub async fn lead(&self, lead: &Value) -> Answer {
        answer(self.request(Method::POST, "/v1/leads").json(lead)).await
    }

    /// Sends a lead under an idempotency key.
    pub async fn lead_as(&self, key: &str, lead: &Value) -> Answer {
        let request = self.request(Method::POST, "/v1/leads").json(lead);
        answer(request.header("Idempotency-Key", key)).await
    }

    /// Sends a GraphQL request, whatever comes of it.
    pub async fn ask(&self, query: &str, variables: &Value) -> Answer {
        let body = json!({"query": query, "variables": variables});
        answer(self.request(Method::POST, "/graphql").json(&body)).await
    }

    /// The data of a GraphQL request that must go well.
    pub async fn graphql(&self, query: &str, variables: &Value) -> Value {
        let answer = self.ask(query, variables).await;
        let mut body = answer.json();
        assert!(body["errors"].is_null(), "{query}\n{variables}\n{body:#}");
        body["data"].take()
    }

    /// The payload of a mutation, whatever mistakes it tells of.
    ///
    /// * `name`: such as `putDestination`; its input is then a `PutDestinationInput`.
    /// * `fields`: what to select of the payload besides the mistakes.
    pub async fn mutation(&self, name: &str, input: &Value, fields: &str) -> Value {
        let r#type = format!("{}{}Input!", name[..1].to_uppercase(), &name[1..]);
        let query = format!(
            "mutation($input: {type}) {{ {name}(input: $input) {{ {fields} userErrors {{ path code message hint }} }} }}"
        );
        self.graphql(&query, &json!({"input": input})).await[name].take()
    }

    /// The payload of a mutation that must go well.
    pub async fn change(&self, name: &str, input: &Value, fields: &str) -> Value {
        let payload = self.mutation(name, input, fields).await;
        assert_eq!(payload["userErrors"], json!([]), "{name} of {input:#}");
        payload
    }
}

/// Sends a request and reads the answer as a whole.
pub async fn answer(request: RequestBuilder) -> Answer {
    try_answer(request).await.unwrap()
}

/// The same where the server may be gone.
///
/// # Errors
///
/// If no whole answer came.
pub async fn try_answer(request: RequestBuilder) -> reqwest::Result<Answer> {
    let response = request.send().await?;
    Ok(Answer {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        text: response.text().await?,
    })
}

/// The server is on this machine and speaks plain HTTP: no certificate is ever verified.
fn no_tls() -> rustls::ClientConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth()
}
