//! A scorecard of one flow is no number in another.

use pointsman_flow::{Lead, build::Flow};

#[derive(Lead)]
struct Auto {
    insured: bool,
}

fn main() {
    Flow::<Auto>::build("outer", |f| {
        let score = f.scorecard("score").points(Auto::INSURED.is(true), 10);
        Flow::<Auto>::build("inner", |g| {
            g.when(score.at_least(10)).then(g.destination("acme")).otherwise(g.reject("no"))
        });
        f.reject("no")
    });
}
