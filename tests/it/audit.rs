//! The official GraphQL-over-HTTP audit.

use std::process::Command;

use crate::{
    program::{root, stdout_of},
    server::Server,
};

/// Whether this run must not leave anything out.
fn is_ci() -> bool {
    std::env::var_os("CI").is_some()
}

/// Brings the audit's packages if they are not there.
///
/// # Errors
///
/// Why the audit cannot be run here.
fn prepare() -> Result<(), String> {
    let run = |program: &str, args: &[&str]| {
        let status = Command::new(program)
            .args(args)
            .current_dir(root().join("tests/audit"))
            .output();
        match status {
            Ok(output) if output.status.success() => Ok(()),
            Ok(output) => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
            Err(error) => Err(format!("{program}: {error}")),
        }
    };
    run("node", &["--version"])?;
    if root()
        .join("tests/audit/node_modules/graphql-http")
        .exists()
    {
        return Ok(());
    }
    run("npm", &["ci", "--no-audit", "--no-fund"])
}

#[test]
#[expect(
    clippy::print_stderr,
    reason = "what is left out on a machine without Node.js is said"
)]
fn the_official_audit_passes_all_sixty_one() {
    if let Err(why) = prepare() {
        assert!(!is_ci(), "the audit cannot run: {why}");
        eprintln!("left out, since the audit cannot run here: {why}");
        return;
    }
    let mut server = Server::start();
    let url = format!("{}/graphql", server.base());
    let mut audit = Command::new("node");
    audit.arg(root().join("tests/audit/audit.mjs"));
    audit.args([&url, server.admin_token()]);
    let report = stdout_of(&mut audit);
    assert_eq!(report.lines().last(), Some("61 of 61"), "{report}");
    server.stop();
}
