//! Ranges contain their start and not their end.

use pointsman_flow::{Lead, build::{Flow, Integer}};

#[derive(Lead)]
struct Auto {
    age: Integer,
}

fn main() {
    Flow::<Auto>::build("auto", |f| {
        f.when(Auto::AGE.within(18..=25)).then(f.destination("acme")).otherwise(f.reject("no"))
    });
}
