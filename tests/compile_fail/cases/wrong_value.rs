//! A field is compared with values of its own type.

use pointsman_flow::{Enumerated, Lead, build::{Flow, Integer, State, us::CA}};

#[derive(Enumerated)]
enum Credit {
    Good,
    Poor,
}

#[derive(Lead)]
struct Auto {
    state: State,
    credit: Credit,
    age: Integer,
}

fn main() {
    Flow::<Auto>::build("auto", |f| {
        f.when(Auto::CREDIT.is(CA)).then(f.destination("acme")).otherwise(f.reject("no"))
    });
    Flow::<Auto>::build("auto", |f| {
        f.switch(Auto::AGE).case([true], f.destination("acme")).otherwise(f.reject("no"))
    });
}
