//! The targets of destinations that the book shows are ones that can be put.

use pointsman_delivery::Target;
use pointsman_lead::Schema;

const SCHEMA: &str = r#"{"vertical": "auto", "fields": [
    {"name": "state", "kind": "region", "required": "ping"},
    {"name": "roof", "kind": "text"}, {"name": "age", "kind": "integer"},
    {"name": "phone", "kind": "phone", "pii": true}]}"#;

#[test]
fn targets_in_the_book_have_no_mistakes() {
    let schema = Schema::from_json(SCHEMA).unwrap();
    let mut n_targets = 0;
    for page in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/src")).unwrap() {
        let page = std::fs::read_to_string(page.unwrap().path()).unwrap();
        for block in page.split("```json\n").skip(1) {
            let (block, _) = block.split_once("```").unwrap();
            let target: Target = serde_json::from_str(block).unwrap();
            assert_eq!(target.check(&schema), [], "{block}");
            n_targets += 1;
        }
    }
    assert!(n_targets > 1, "the targets are found");
}
