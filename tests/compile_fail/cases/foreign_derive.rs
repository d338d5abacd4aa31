//! A derived value of one flow is no number in another.

use pointsman_flow::{Lead, build::{Flow, Integer}};

#[derive(Lead)]
struct Loan {
    debt: Integer,
}

fn main() {
    Flow::<Loan>::build("outer", |f| {
        let dti = f.derive("dti", Loan::DEBT * 100).or(0);
        Flow::<Loan>::build("inner", |g| {
            let twice = g.derive("twice", &dti * 2).or(0);
            g.when(twice.below(40)).then(g.destination("acme")).otherwise(g.reject("no"))
        });
        f.reject("no")
    });
}
