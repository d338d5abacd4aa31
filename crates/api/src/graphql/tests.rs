use std::{fs, path::PathBuf};

use async_graphql::{Request, Response, Variables};
use serde_json::{Value as Json, json};

use super::{fault, schema, sdl};

fn committed(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../graphql")
        .join(name)
}

/// Runs a request that nobody sent: what fits the schema fails for want of a token, and only so.
async fn run(query: &str, variables: Json) -> Response {
    schema()
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

#[test]
fn everything_has_a_description() {
    let mut undescribed = Vec::new();
    let registry = schema();
    let sdl = registry.sdl();
    let lines: Vec<&str> = sdl.lines().collect();
    let mut previous = "";
    for line in lines {
        let text = line.trim();
        let is_named = [
            "type ",
            "input ",
            "enum ",
            "scalar ",
            "union ",
            "interface ",
        ]
        .iter()
        .any(|word| text.starts_with(word));
        let is_field = line.starts_with('\t') && text.contains(':') && !text.starts_with('"');
        if (is_named || is_field) && !previous.ends_with("\"\"\"") {
            undescribed.push(text.to_owned());
        }
        if !text.is_empty() {
            previous = text;
        }
    }
    assert!(undescribed.is_empty(), "{undescribed:#?}");
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

#[test]
fn every_connection_is_paged_and_costed() {
    let sdl = sdl();
    let connections = sdl
        .lines()
        .filter(|line| line.contains("): ") && line.contains("Connection!"));
    for line in connections {
        assert!(
            line.contains("first: Int") && line.contains("after: String"),
            "{line}"
        );
    }
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
