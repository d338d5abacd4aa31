//! A port does not outlive the flow it is a step of.

use pointsman_flow::{Lead, build::Flow};

#[derive(Lead)]
struct Auto {
    insured: bool,
}

fn main() {
    let mut kept = None;
    Flow::<Auto>::build("first", |f| {
        kept = Some(f.destination("acme"));
        f.reject("no")
    });
}
