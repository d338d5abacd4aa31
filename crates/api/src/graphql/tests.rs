use std::{fs, path::Path};

use async_graphql::Request;

use super::{schema, sdl};

fn committed(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../graphql").join(name)
}

#[test]
fn the_committed_schema_is_the_one_that_is_served() {
    let text = fs::read_to_string(committed("schema.graphql")).unwrap_or_default();
    assert!(text == sdl(), "graphql/schema.graphql differs; run `cargo xtask generate`");
}
