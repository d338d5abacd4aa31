//! A step that does not say where all leads go is no port.

use pointsman_flow::{Lead, build::Flow};

#[derive(Lead)]
struct Auto {
    insured: bool,
}

fn main() {
    Flow::<Auto>::build("auto", |f| f.when(Auto::INSURED.is(true)).then(f.destination("acme")));
}
