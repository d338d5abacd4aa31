//! A port of one flow does not lead anywhere in another.

use pointsman_flow::{Lead, build::Flow};

#[derive(Lead)]
struct Auto {
    insured: bool,
}

fn main() {
    Flow::<Auto>::build("outer", |f| {
        let acme = f.destination("acme");
        Flow::<Auto>::build("inner", |g| g.waterfall([acme]));
        acme
    });
}
