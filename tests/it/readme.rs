//! The README's walk with curl, run as printed.

use std::{net::TcpListener, process::Stdio, time::Duration};

use tokio::process::Command;

use crate::program::{folder, root};

const HEADING: &str = "## A walk with curl";
/// What a line of the walk begins with that quotes a part of the output.
const QUOTE: &str = "# → ";
/// A hang fails the test instead of holding it.
const TIMEOUT: Duration = Duration::from_mins(2);

/// The `sh` blocks of the walk, one after the other.
fn walk() -> String {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let (_, section) = readme.split_once(HEADING).expect(HEADING);
    let section = section.split("\n## ").next().unwrap_or_default();
    let mut blocks = section.split("```sh\n").skip(1);
    let joined = blocks.by_ref().map(|block| {
        let (block, _) = block.split_once("\n```").expect("a block has an end");
        format!("{block}\n")
    });
    joined.collect()
}

/// A port that is free at this moment.
fn free_port() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_walk_with_curl_works_as_printed() {
    let walk = walk();
    let quotes = walk.lines().filter_map(|line| line.strip_prefix(QUOTE));
    let quotes: Vec<&str> = quotes.collect();
    assert!(quotes.len() >= 10, "the walk quotes what is printed");

    // As if in the root of the repository after a build, wherever cargo puts what it builds.
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir(home.path().join("target")).unwrap();
    std::os::unix::fs::symlink(folder(), home.path().join("target/debug")).unwrap();
    let bash = Command::new("bash")
        .args(["-euo", "pipefail", "-c", &walk])
        .env("PORT", free_port())
        .env("BUYER_PORT", free_port())
        .current_dir(home.path())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = tokio::time::timeout(TIMEOUT, bash).await.unwrap().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    let status = output.status;
    assert!(
        status.success(),
        "the walk ends with {status}:\n{printed}\n{stderr}"
    );
    let mut rest = &*printed;
    for quote in quotes {
        let Some((_, after)) = rest.split_once(quote) else {
            panic!("`{quote}` is not printed where the walk says so:\n{printed}\n{stderr}");
        };
        rest = after;
    }
}
