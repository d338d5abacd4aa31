//! Tokens by the command line, while the server is running.

use std::process::Command;

use serde_json::json;

use crate::{
    caller::Caller,
    program::{pointsman, stdout_of},
    server::Server,
    wait::until,
};

/// `token VERB…` on the database of a server.
fn token(server: &Server, words: &[&str]) -> Command {
    let mut command = pointsman();
    command
        .arg("token")
        .args(words)
        .arg("--db")
        .arg(server.database());
    command
}

/// How a caller is answered who reads.
async fn status(caller: &Caller) -> u16 {
    let query = "{ flows(first: 1) { edges { node { name } } } }";
    caller.ask(query, &json!({})).await.status
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_made_and_revoked_while_the_server_runs() {
    let mut server = Server::start();
    let create = ["create", "--name", "beside", "--role", "analyst"];
    let secret = stdout_of(&mut token(&server, &create)).trim().to_owned();
    let analyst = server.caller(&secret);
    assert_eq!(status(&analyst).await, 200);
    let listed = stdout_of(&mut token(&server, &["list"]));
    let line = listed
        .lines()
        .find(|line| line.ends_with("beside"))
        .unwrap();
    let id = line.split_whitespace().next().unwrap();
    stdout_of(&mut token(&server, &["revoke", id]));
    until("a revoked token opens nothing", async || {
        (status(&analyst).await == 401).then_some(())
    })
    .await;
    // The server goes on writing.
    let after = json!({"name": "after", "role": "ANALYST"});
    let admin = server.admin();
    let created = admin.change("createToken", &after, "secret").await;
    assert!(created["secret"].is_string(), "{created}");
    server.stop();
}
