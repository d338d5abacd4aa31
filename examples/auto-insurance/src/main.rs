//! Every verb of `pointsman`, with the flow of this crate built in.
//!
//! `serve` publishes the flow when it starts. It takes leads as soon as its three destinations are
//! put, over GraphQL or by another program.

use std::process::ExitCode;

fn main() -> ExitCode {
    pointsman::App::new().flow(&auto_insurance::flow()).run()
}
