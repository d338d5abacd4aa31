//! A cell of a table is of the type of its column.

use pointsman_flow::{Lead, build::{Flow, Integer, State, one_of, us::CA, within}};

#[derive(Lead)]
struct Auto {
    state: State,
    age: Integer,
}

fn main() {
    Flow::<Auto>::build("auto", |f| {
        f.table((Auto::STATE, Auto::AGE))
            .row((within(18..25), one_of([CA])), f.destination("acme"))
            .otherwise(f.reject("no"))
    });
}
