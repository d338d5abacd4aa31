//! The target of a destination that the book shows is one that can be put.

use pointsman_delivery::Target;
use pointsman_lead::Schema;

const SCHEMA: &str = r#"{"vertical": "auto", "fields": [
    {"name": "state", "kind": "region", "required": "ping"},
    {"name": "phone", "kind": "phone", "pii": true}]}"#;

#[test]
fn the_target_in_the_book_has_no_mistakes() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/src/auctions.md");
    let page = std::fs::read_to_string(page).unwrap();
    let (_, block) = page.split_once("```json\n").unwrap();
    let (block, _) = block.split_once("```").unwrap();
    let target: Target = serde_json::from_str(block).unwrap();
    let schema = Schema::from_json(SCHEMA).unwrap();
    assert_eq!(target.check(&schema), []);
}
