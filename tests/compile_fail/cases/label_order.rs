//! Labels have no order.

use pointsman_flow::{Enumerated, Lead, build::Flow};

#[derive(Enumerated)]
enum Credit {
    Good,
    Poor,
}

#[derive(Lead)]
struct Auto {
    credit: Credit,
}

fn main() {
    Flow::<Auto>::build("auto", |f| {
        f.when(Auto::CREDIT.below(Credit::Good)).then(f.destination("acme")).otherwise(f.reject("no"))
    });
}
