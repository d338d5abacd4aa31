//! Documents answered without a platform: for tests with generated input.

use std::sync::LazyLock;

use async_graphql::{Request, Variables};
use serde_json::Value as Json;

use super::{Schemas, fault, limits};

static SCHEMAS: LazyLock<Schemas> = LazyLock::new(Schemas::new);

/// Measures, parses, validates and runs a document as the endpoint does, without any permission. Gives
/// the code of each error.
pub async fn dry_run(document: &str, variables: Json) -> Vec<String> {
    let variables = Variables::from_json(variables);
    let Ok(parsed) = limits::parse(document, &variables) else {
        return vec![fault::BAD_REQUEST.to_owned()];
    };
    let mut request = Request::new(document).variables(variables);
    request.set_parsed_query(parsed);
    let mut answer = SCHEMAS.of(document).execute(request).await;
    fault::name_all(&mut answer);
    let codes = answer.errors.iter().map(|error| {
        let extensions = error.extensions.as_ref();
        let code = extensions.and_then(|extensions| extensions.get("code"));
        match code {
            Some(async_graphql::Value::String(code)) => code.clone(),
            _ => String::new(),
        }
    });
    codes.collect()
}
