//! `pointsman flow test`: pages of users, told when they are wrong and put right on request.

use std::process::Output;

use crate::program::{pointsman, root, stdout_of};

const PAGE: &str = r#"# Two buyers

```json flow
{"flow": "auto", "vertical": "auto", "currency": "USD", "root": "order", "nodes": {
  "order": {"kind": "waterfall", "to": ["acme", "zenith"]},
  "acme": {"kind": "destination"}, "zenith": {"kind": "destination"}}}
```

```text leads
lead {}
answers rejected
  order → acme: rejected
  order → zenith: rejected
  unsold
```
"#;

#[test]
fn a_page_of_a_user_is_run_told_and_put_right() {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("auto.md");
    std::fs::write(&page, PAGE).unwrap();
    let test = |arguments: &[&str]| {
        let mut command = pointsman();
        command.args(["flow", "test"]).arg(&page).args(arguments);
        command
    };

    let Output { status, stdout, .. } = test(&[]).output().unwrap();
    let told = String::from_utf8(stdout).unwrap();
    assert_eq!(status.code(), Some(1), "{told}");
    assert!(told.contains("auto.md:10, leads: "), "{told}");
    assert!(told.contains("- order → zenith: rejected\n"), "{told}");
    assert!(told.contains("+ order → zenith: accepted\n"), "{told}");

    let Output { status, stdout, .. } = test(&["--output", "json"]).output().unwrap();
    let pages: serde_json::Value = serde_json::from_slice(&stdout).unwrap();
    assert_eq!(status.code(), Some(1), "{pages}");
    assert_eq!(pages[0]["failures"][0]["line"], 10, "{pages}");

    stdout_of(&mut test(&["--update"]));
    let right = PAGE.replace("zenith: rejected\n  unsold", "zenith: accepted\n  sold");
    assert_eq!(std::fs::read_to_string(&page).unwrap(), right);
    assert_eq!(stdout_of(&mut test(&[])), "");

    let mut missing = pointsman();
    missing.args(["flow", "test"]);
    assert_eq!(missing.output().unwrap().status.code(), Some(2), "no file");
}

#[test]
fn the_pages_of_the_language_run_as_users_run_them() {
    let folder = root().join("tests/flows");
    let mut command = pointsman();
    command.args(["flow", "test"]);
    command.args(["README.md", "waterfall.md", "table.md"].map(|page| folder.join(page)));
    assert_eq!(stdout_of(&mut command), "");
}
