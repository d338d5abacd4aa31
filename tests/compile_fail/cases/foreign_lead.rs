//! A predicate over the leads of one vertical says nothing about those of another.

use pointsman_flow::{Lead, build::Flow};

#[derive(Lead)]
struct Auto {
    insured: bool,
}

#[derive(Lead)]
struct Solar {
    roof: bool,
}

fn main() {
    Flow::<Auto>::build("auto", |f| {
        f.when(Solar::ROOF.is(true)).then(f.destination("acme")).otherwise(f.reject("no"))
    });
}
