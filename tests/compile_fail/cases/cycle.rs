//! A step can only lead to steps that exist already, so no flow has a cycle.

use pointsman_flow::{Lead, build::Flow};

#[derive(Lead)]
struct Auto {
    insured: bool,
}

fn main() {
    Flow::<Auto>::build("auto", |f| {
        let first = f.waterfall([second]);
        let second = f.waterfall([first]);
        second
    });
}
