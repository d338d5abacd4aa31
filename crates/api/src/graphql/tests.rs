use std::{fs, path::PathBuf};

use async_graphql::{Request, Response, Variables};
use serde_json::{Value as Json, json};

use super::{build, fault, sdl};

fn committed(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../graphql")
        .join(name)
}

/// Runs a request without a token: a document that fits the schema fails with UNAUTHENTICATED only.
async fn run(query: &str, variables: Json) -> Response {
    build()
        .finish()
        .execute(Request::new(query).variables(Variables::from_json(variables)))
        .await
}

fn codes(response: &Response) -> Vec<Json> {
    let body = serde_json::to_value(response).unwrap();
    let errors = body["errors"].as_array().cloned().unwrap_or_default();
    errors
        .iter()
        .map(|error| error["extensions"]["code"].clone())
        .collect()
}

#[test]
fn the_committed_schema_is_the_one_that_is_served() {
    let text = fs::read_to_string(committed("schema.graphql")).unwrap_or_default();
    assert!(
        text == sdl(),
        "graphql/schema.graphql differs; run `cargo xtask generate`"
    );
}

#[tokio::test]
async fn every_committed_operation_fits_the_schema() {
    let mut n_operations = 0;
    for entry in fs::read_dir(committed("operations")).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let variables = text
            .lines()
            .find_map(|line| line.strip_prefix("# variables: "));
        let variables = serde_json::from_str(variables.expect("a line with variables")).unwrap();
        let response = run(&text, variables).await;
        let codes = codes(&response);
        assert!(!codes.is_empty(), "{}", path.display());
        assert!(
            codes.iter().all(|code| code == fault::UNAUTHENTICATED),
            "{}: {response:?}",
            path.display()
        );
        n_operations += 1;
    }
    assert!(n_operations >= 12, "{n_operations} operations");
}

/// The types of the schema as tools see them, without GraphQL's own.
async fn types() -> Vec<Json> {
    let query = "{ __schema { types { name kind description enumValues { name description } \
                 inputFields { name description } \
                 fields { name description type { name ofType { name } } args { name description } } } } }";
    let response = run(query, json!({})).await;
    let body = serde_json::to_value(&response).unwrap();
    let types = body["data"]["__schema"]["types"].as_array().cloned();
    let mut types = types.unwrap_or_else(|| panic!("{body}"));
    types.retain(|one| {
        one["name"]
            .as_str()
            .is_some_and(|name| !name.starts_with("__"))
    });
    types
}

fn members<'a>(of: &'a Json, list: &str) -> &'a [Json] {
    of[list].as_array().map(Vec::as_slice).unwrap_or_default()
}

#[tokio::test]
async fn everything_has_a_description() {
    let mut undescribed = Vec::new();
    let mut look = |place: String, one: &Json| {
        if one["description"].as_str().is_none_or(str::is_empty) {
            undescribed.push(place);
        }
    };
    // These the library writes, without a place for words of ours; their members have some.
    let is_of_the_library = |name: &str| name == "ID" || name.ends_with("Connection");
    for one in &types().await {
        let name = one["name"].as_str().unwrap();
        if !is_of_the_library(name) {
            look(name.to_owned(), one);
        }
        for list in ["fields", "inputFields", "enumValues"] {
            for member in members(one, list) {
                look(format!("{name}.{}", member["name"]), member);
                // The type of an input says what it is.
                let args = members(member, "args").iter();
                for arg in args.filter(|arg| arg["name"] != "input") {
                    look(format!("{name}.{}({})", member["name"], arg["name"]), arg);
                }
            }
        }
    }
    assert!(undescribed.is_empty(), "{undescribed:#?}");
}

#[tokio::test]
async fn every_connection_is_paged() {
    let mut n_connections = 0;
    for one in &types().await {
        for field in members(one, "fields") {
            let of = [&field["type"]["name"], &field["type"]["ofType"]["name"]];
            if of.iter().any(|name| {
                name.as_str()
                    .is_some_and(|name| name.ends_with("Connection"))
            }) {
                let args: Vec<&Json> = members(field, "args")
                    .iter()
                    .map(|arg| &arg["name"])
                    .collect();
                assert!(
                    args.contains(&&json!("first")) && args.contains(&&json!("after")),
                    "{field}"
                );
                n_connections += 1;
            }
        }
    }
    assert!(n_connections > 8, "{n_connections} connections");
}

/// The page costs of a connection are counted as often as the page is long.
#[tokio::test]
async fn pages_within_pages_are_too_much() {
    let nested = "{ leads(first: 100) { nodes { deliveries { attempts { status number outcome startedAt finishedAt latencyMs } \
                  conversions { id status revenue currency occurredAt } id state price destination } } } }";
    assert_eq!(
        codes(&run(nested, json!({})).await),
        [Json::Null],
        "no code of ours: refused before it ran"
    );
    let modest = "{ leads(first: 20) { nodes { id deliveries { state attempts { status } } } } }";
    assert_eq!(
        codes(&run(modest, json!({})).await),
        [fault::UNAUTHENTICATED]
    );
}

#[tokio::test]
async fn many_aliases_are_too_much() {
    let aliases: Vec<String> = (0..20_000)
        .map(|n| format!("a{n}: viewer {{ name }}"))
        .collect();
    let aliases = aliases.join(" ");
    let response = run(&format!("{{ {aliases} }}"), json!({})).await;
    assert_eq!(response.errors.len(), 1);
    assert!(response.errors[0].path.is_empty());
}

#[tokio::test]
async fn the_introspection_of_common_tools_fits_the_limits() {
    let of_type = |depth: usize| {
        (0..depth).fold("kind name".to_owned(), |inner, _| {
            format!("kind name ofType {{ {inner} }}")
        })
    };
    let input = format!("name description type {{ {} }} defaultValue", of_type(9));
    let query = format!(
        "{{ __schema {{ queryType {{ name }} mutationType {{ name }} types {{ kind name description \
         fields(includeDeprecated: true) {{ name description args {{ {input} }} type {{ {types} }} isDeprecated }} \
         inputFields {{ {input} }} interfaces {{ {types} }} enumValues(includeDeprecated: true) {{ name description }} \
         possibleTypes {{ {types} }} }} directives {{ name args {{ {input} }} }} }} }}",
        types = of_type(9)
    );
    let response = run(&query, json!({})).await;
    assert_eq!(response.errors, []);
}
