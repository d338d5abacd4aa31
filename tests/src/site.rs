//! A server with destinations, a live flow, and tokens for those who deal with it.

use serde_json::{Value, json};

use crate::{
    buyer::Buyer,
    caller::{Answer, Caller, answer},
    server::Server,
};

/// Time that a buyer of a story may take; long, since the machine may be busy with other things.
pub const BUYER_MS: u32 = 10_000;

/// A server that takes leads of the vertical `solar` in a flow of the same name.
pub struct Site {
    /// The server.
    pub server: Server,
    /// Its administrator.
    pub admin: Caller,
    source_token: String,
    postback_token: String,
}

/// A destination to put.
pub struct Destination<'a> {
    /// Its name in flows.
    pub name: &'static str,
    /// Who answers.
    pub buyer: &'a Buyer,
    /// Milliseconds that the buyer may think about a post.
    pub timeout_ms: u32,
    /// Price, caps and the rest.
    pub settings: Value,
}

/// A destination that takes every lead.
pub fn open_to_all<'a>(name: &'static str, buyer: &'a Buyer) -> Destination<'a> {
    Destination {
        name,
        buyer,
        timeout_ms: BUYER_MS,
        settings: json!({}),
    }
}

/// A flow that offers each lead to these destinations, one after the other.
pub fn one_after_the_other(names: &[&str]) -> Value {
    let destinations = names
        .iter()
        .map(|name| (*name, json!({"kind": "destination"})));
    let mut nodes: serde_json::Map<String, Value> = destinations
        .map(|(name, node)| (name.to_owned(), node))
        .collect();
    nodes.insert(
        "in-turn".to_owned(),
        json!({"kind": "waterfall", "to": names}),
    );
    solar_flow("in-turn", &Value::Object(nodes))
}

/// A flow of solar leads.
pub fn solar_flow(root: &str, nodes: &Value) -> Value {
    json!({"flow": "solar", "vertical": "solar", "currency": "USD", "root": root, "nodes": nodes})
}

/// A lead that lacks nothing.
pub fn solar_lead() -> Value {
    json!({
        "flow": "solar",
        "fields": {"home_owner": true, "roof": "flat", "age": 41, "phone": "+12025550143"},
    })
}

/// The fields of solar leads.
pub fn solar_fields() -> Value {
    json!([
        {"name": "home_owner", "kind": "boolean", "required": "post"},
        {"name": "roof", "kind": "enum", "labels": ["flat", "steep"], "required": "post"},
        {"name": "age", "kind": "integer", "min": 16, "max": 120},
        {"name": "phone", "kind": "phone", "required": "post", "pii": true},
    ])
}

impl Site {
    /// Opens a site whose flow is live.
    pub async fn open(flow: &Value, destinations: &[Destination<'_>]) -> Self {
        Self::open_on(Server::start(), flow, destinations).await
    }

    /// The same on a server that knows nothing yet.
    pub async fn open_on(server: Server, flow: &Value, destinations: &[Destination<'_>]) -> Self {
        let destinations = destinations.iter().map(|destination| {
            let Destination {
                name,
                buyer,
                timeout_ms,
                settings,
            } = destination;
            (*name, buyer.target(*timeout_ms), settings.clone())
        });
        Self::open_with(server, flow, destinations.collect()).await
    }

    /// The same with destinations by name, each with its target and settings.
    pub async fn open_with(
        server: Server,
        flow: &Value,
        destinations: Vec<(&str, Value, Value)>,
    ) -> Self {
        let admin = server.admin();
        let schema = json!({"vertical": "solar", "fields": solar_fields()});
        admin.change("putLeadSchema", &schema, "").await;
        for (name, target, settings) in destinations {
            put_destination(&admin, name, &target, &settings).await;
        }
        publish(&admin, flow).await;
        let source_token = token(&admin, "SOURCE", json!({"source": "web"})).await;
        let postback_token = token(&admin, "POSTBACK", json!({})).await;
        Self {
            server,
            admin,
            source_token,
            postback_token,
        }
    }

    /// The token of the source `web`.
    pub fn source_token(&self) -> &str {
        &self.source_token
    }

    /// The source `web`.
    pub fn source(&self) -> Caller {
        self.server.caller(&self.source_token)
    }

    /// Reports a conversion as trackers do.
    ///
    /// * `query`: the parameters, such as `click_id=clk_1&payout=3`.
    pub async fn postback(&self, query: &str) -> Answer {
        let path = format!("/v1/postbacks/{}?{query}", self.postback_token);
        self.server.stranger().get(&path).await
    }

    /// Reports a conversion in the body of a POST.
    pub async fn postback_in_body(&self, media_type: &str, body: &str) -> Answer {
        let path = format!("/v1/postbacks/{}", self.postback_token);
        let stranger = self.server.stranger();
        let request = stranger.request(reqwest::Method::POST, &path);
        let request = request.header("content-type", media_type);
        answer(request.body(body.to_owned())).await
    }

    /// After a restart the server has another address.
    pub fn start_again(&mut self) {
        self.server.start_again();
        self.admin = self.server.admin();
    }

    /// The epoch of the newest allocation.
    pub async fn epoch(&self) -> u64 {
        let found = self.admin.graphql("{ epoch }", &json!({})).await;
        found["epoch"].as_str().unwrap().parse().unwrap()
    }

    /// A lead with its decision and deliveries.
    pub async fn lead(&self, id: &str) -> Value {
        const QUERY: &str = "query($id: ID!) { lead(id: $id) {
            status revenue idempotencyKey fields
            decision { id endState endReason steps { number kind destination propensity available } }
            deliveries { id destination state price reason redirectUrl clickId
                attempts { outcome status }
                conversions { status revenue txid } }
        } }";
        self.admin.graphql(QUERY, &json!({"id": id})).await["lead"].take()
    }
}

/// Puts a destination.
pub async fn put_destination(admin: &Caller, name: &str, target: &Value, settings: &Value) {
    let input = json!({"name": name, "target": target, "settings": settings});
    admin.change("putDestination", &input, "").await;
}

/// Saves a flow and lets it take leads, and gives the hash of the version.
pub async fn publish(admin: &Caller, document: &Value) -> String {
    let draft = json!({"document": document});
    admin.change("saveFlowDraft", &draft, "").await;
    let flow = &document["flow"];
    let published = json!({"flow": flow, "message": "for a story"});
    let payload = admin
        .change("publishFlow", &published, "flowVersion { hash }")
        .await;
    let hash = payload["flowVersion"]["hash"].as_str().unwrap().to_owned();
    let live = json!({"flow": flow, "stage": "live", "version": hash});
    admin.change("moveStage", &live, "stage { name }").await;
    hash
}

/// Makes a token and gives its secret.
pub async fn token(admin: &Caller, role: &str, more: Value) -> String {
    let mut input = json!({"name": "story", "role": role});
    input
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    let payload = admin.change("createToken", &input, "secret").await;
    payload["secret"].as_str().unwrap().to_owned()
}
