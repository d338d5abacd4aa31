//! The README and the book, run as printed: what a reader types works, and prints what the page quotes.

use std::{net::TcpListener, path::Path, process::Stdio, time::Duration};

use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
};

use crate::program::{folder, pointsman, root, stdout_of};

/// What a line of a page begins with that quotes a part of the output.
const QUOTE: &str = "# → ";
/// A hang fails the test instead of holding it.
const TIMEOUT: Duration = Duration::from_mins(2);

/// The blocks of a page behind this fence, one after the other.
fn blocks(page: &str, kind: &str) -> String {
    let text = std::fs::read_to_string(root().join(page)).unwrap();
    let fence = format!("```{kind}\n");
    let blocks = text.split(&fence).skip(1).map(|block| {
        let (block, _) = block.split_once("\n```").expect("a block has an end");
        format!("{block}\n")
    });
    blocks.collect()
}

/// A port that is free at this moment.
fn free_port() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port().to_string()
}

/// A folder that looks like the root of the repository after a build, wherever cargo puts what it builds.
fn repository() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let link = |from: &Path, to: &str| {
        std::os::unix::fs::symlink(from, home.path().join(to)).unwrap();
    };
    std::fs::create_dir(home.path().join("target")).unwrap();
    link(&folder(), "target/debug");
    link(&root().join("simulations"), "simulations");
    home
}

/// Runs the `sh` blocks of a page in bash, with these variables, and finds its quotes in what is printed.
async fn run(page: &str, variables: &[(&str, &str)]) {
    let script = blocks(page, "sh");
    let quotes: Vec<&str> = script
        .lines()
        .filter_map(|line| line.strip_prefix(QUOTE))
        .collect();
    assert!(!quotes.is_empty(), "{page} quotes what is printed");
    let home = repository();
    let bash = Command::new("bash")
        .args(["-euo", "pipefail", "-c", &script])
        .envs(variables.iter().copied())
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
        "{page} ends with {status}:\n{printed}\n{stderr}"
    );
    let mut rest = &*printed;
    for quote in quotes {
        let Some((_, after)) = rest.split_once(quote) else {
            panic!("`{quote}` is not printed where {page} says so:\n{printed}\n{stderr}");
        };
        rest = after;
    }
}

/// A demonstration with a few leads that has shown its tables and stays up, and its address.
async fn demo(database: &Path) -> (Child, String) {
    let mut command = Command::from(pointsman());
    command
        .args(["demo", "--leads", "60", "--port", "0", "--db"])
        .arg(database)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    let mut demo = command.spawn().unwrap();
    let mut lines = BufReader::new(demo.stdout.take().unwrap()).lines();
    let address = async {
        while let Some(line) = lines.next_line().await.unwrap() {
            if let Some(address) = line.strip_prefix("GraphQL ") {
                let base = address.trim().strip_suffix("/graphql").unwrap();
                return base.to_owned();
            }
        }
        panic!("the demonstration ended without its addresses");
    };
    let base = tokio::time::timeout(TIMEOUT, address).await.unwrap();
    (demo, base)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_walk_of_the_readme_works_against_the_demo() {
    let home = tempfile::tempdir().unwrap();
    let (_demo, base) = demo(&home.path().join("demo.db")).await;
    run("README.md", &[("BASE", &base)]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_steps_work_as_printed() {
    let (port, buyer_port) = (free_port(), free_port());
    let variables = [("PORT", &*port), ("BUYER_PORT", &*buyer_port)];
    run("docs/src/first-steps.md", &variables).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_is_explained_as_printed() {
    run("docs/src/explanations.md", &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scenario_is_replayed_as_printed() {
    run("docs/src/replay.md", &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_log_is_inspected_as_printed() {
    run("docs/src/foreign-logs.md", &[]).await;
}

#[test]
fn every_page_with_commands_is_run() {
    let run = [
        "first-steps.md",
        "explanations.md",
        "foreign-logs.md",
        "replay.md",
    ];
    for page in std::fs::read_dir(root().join("docs/src")).unwrap() {
        let name = page.unwrap().file_name().into_string().unwrap();
        let commands = blocks(&format!("docs/src/{name}"), "sh");
        assert!(
            commands.lines().all(|it| it.starts_with("cargo xtask")) || run.contains(&&*name),
            "no test runs the commands of {name}"
        );
    }
}

#[test]
fn the_settings_of_the_book_are_taken() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("pointsman.toml");
    std::fs::write(&file, blocks("docs/src/settings.md", "toml")).unwrap();
    let mut config = pointsman();
    config.arg("config").arg("--config").arg(&file);
    let printed = stdout_of(&mut config);
    assert!(printed.contains("10.20.0.0/16"), "{printed}");
}
