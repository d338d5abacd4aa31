//! HTTP and GraphQL in, and nothing behind them.
//!
//! [`router`] serves a [`Control`] and an [`Engine`]: plain HTTP for leads and postbacks, GraphQL for
//! everything else, and the web console for whoever asks with a browser. This crate translates; what a lead or a flow is, and what is wrong with it, is
//! known by the crates below. It knows no SQL, and no text of a database error leaves it.

mod access;
mod console;
mod endpoints;
mod failure;
#[expect(clippy::unused_async, reason = "what answers a field is async by form")]
mod graphql;
mod operations;
mod request_id;
mod what_if;

pub use graphql::{OpenSockets, dry_run, sdl};
pub use operations::run_bulk_jobs;
pub use what_if::explain_lead;

use std::sync::Arc;

use axum::{
    Router, middleware,
    routing::{any, get, post, put},
};
use pointsman_control::{Control, Role};
use pointsman_engine::Engine;
use tower_http::catch_panic::CatchPanicLayer;
use url::Url;

use failure::Failure;

/// Largest lead, alone or as a line, in bytes.
pub const LEAD_BYTES_MAX: usize = 256 * 1024;
/// Largest GraphQL request, in bytes.
pub const GRAPHQL_BYTES_MAX: usize = 512 * 1024;
/// Largest flow document, in bytes.
pub const DOCUMENT_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Largest postback, in bytes.
pub const POSTBACK_BYTES_MAX: usize = 64 * 1024;

/// Options of the endpoints.
#[derive(Debug, Clone, Default)]
pub struct ApiOptions {
    /// Whether `/graphiql` serves the `GraphiQL` console.
    pub graphiql: bool,
    /// Role of requests without a token; `None`: they are refused. Only for servers that others cannot reach.
    pub open: Option<Role>,
    /// The address by which browsers reach the server, where a proxy stands before it; `None`: as their requests say.
    pub public_url: Option<Url>,
    /// What is open beyond a request, to be closed when the server ends.
    pub sockets: OpenSockets,
    /// What alerts are raised about, to be shown; `None`: nobody looks for them.
    pub alerts: Option<AlertOptions>,
}

/// What alerts are raised about, and who is told.
#[derive(Debug, Clone, Default)]
pub struct AlertOptions {
    /// The webhook, without what may be secret; `None`: nobody is told.
    pub webhook: Option<String>,
    /// Minutes after which a source counts as silent; 0: never.
    pub silence_minutes: u32,
    /// Percentage of failed offers to a destination.
    pub failures_percent: u32,
}

/// The state that every endpoint shares.
#[derive(Clone)]
pub(crate) struct ApiState {
    pub(crate) control: Control,
    pub(crate) engine: Engine,
    pub(crate) options: Arc<ApiOptions>,
    pub(crate) schemas: graphql::Schemas,
    pub(crate) attempts: access::attempts::Attempts,
    /// Places for connections that subscribe.
    pub(crate) seats: graphql::Seats,
    /// Memory for the answers to lines of leads that the client has not read.
    pub(crate) answers: endpoints::lines::AnswerBudget,
}

/// Every address of a running platform.
pub fn router(control: Control, engine: Engine, options: ApiOptions) -> Router {
    let graphiql = options.graphiql;
    let state = ApiState {
        schemas: graphql::Schemas::new(),
        attempts: access::attempts::Attempts::default(),
        seats: graphql::Seats::default(),
        answers: endpoints::lines::AnswerBudget::default(),
        options: Arc::new(options),
        control,
        engine,
    };
    let mut router = Router::new()
        .route("/graphql", any(graphql::handle))
        .route("/graphql/ws", get(graphql::open))
        .route("/v1/leads", post(endpoints::leads::submit))
        .route("/v1/leads/{id}", get(endpoints::leads::show))
        .route(
            "/v1/sources/{name}/leads",
            get(endpoints::sources::by_name)
                .post(endpoints::sources::by_name)
                .options(endpoints::sources::by_name)
                .head(endpoints::postbacks::refuse_head),
        )
        .route(
            "/v1/intake/{token}",
            get(endpoints::sources::by_token)
                .post(endpoints::sources::by_token)
                .options(endpoints::sources::by_token)
                .head(endpoints::postbacks::refuse_head),
        )
        .route(
            "/v1/postbacks/{token}",
            get(endpoints::postbacks::take)
                .post(endpoints::postbacks::take)
                .head(endpoints::postbacks::refuse_head),
        )
        .route("/v1/flows/{name}/draft", put(endpoints::drafts::save))
        .route("/v1/lists/{name}", put(endpoints::named_lists::put))
        .route(
            "/v1/session",
            post(endpoints::session::begin).delete(endpoints::session::end),
        )
        .route("/_console/{hash}/{name}", get(console::file))
        .route("/livez", get(endpoints::health::live))
        .route("/readyz", get(endpoints::health::ready));
    if graphiql {
        router = router.route("/graphiql", get(graphql::page));
    }
    router
        .fallback(console::fallback)
        .method_not_allowed_fallback(async || Failure::method_not_allowed())
        .layer(CatchPanicLayer::custom(failure::panicked))
        .layer(middleware::from_fn(request_id::scope))
        .with_state(state)
}
