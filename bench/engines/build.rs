//! Tells the program how it was compiled, for the head of its results.

use std::process::Command;

fn main() {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(rustc).arg("--version").output().ok();
    let version = version.and_then(|output| String::from_utf8(output.stdout).ok());
    let flags = std::env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    println!(
        "cargo:rustc-env=ENGINES_RUSTC={}",
        version
            .as_deref()
            .unwrap_or("rustc of unknown version")
            .trim()
    );
    println!(
        "cargo:rustc-env=ENGINES_FLAGS={}",
        flags.replace('\u{1f}', " ")
    );
    println!("cargo:rerun-if-changed=build.rs");
}
