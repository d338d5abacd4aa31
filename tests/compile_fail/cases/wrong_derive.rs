//! Only numbers of the same lead can be computed with, and the result is of one type.

use pointsman_flow::{Lead, build::{Decimal, Flow, Integer, State}};

#[derive(Lead)]
struct Loan {
    state: State,
    debt: Integer,
    rate: Decimal<2>,
}

#[derive(Lead)]
struct Solar {
    bill: Integer,
}

fn main() {
    Flow::<Loan>::build("text", |f| {
        let dti = f.derive("dti", Loan::DEBT * Loan::STATE).or(0);
        f.when(dti.below(40)).then(f.destination("acme")).otherwise(f.reject("no"))
    });
    Flow::<Loan>::build("foreign-lead", |f| {
        let dti = f.derive("dti", Loan::DEBT * Solar::BILL).or(0);
        f.when(dti.below(40)).then(f.destination("acme")).otherwise(f.reject("no"))
    });
    Flow::<Loan>::build("wrong-type", |f| {
        let rate = f.derive_decimal::<2>("half", Loan::RATE / 2).or_missing();
        f.when(rate.below(40)).then(f.destination("acme")).otherwise(f.reject("no"))
    });
    Flow::<Loan>::build("no-default", |f| {
        let dti = f.derive("dti", Loan::DEBT * 100);
        f.when(dti.below(40)).then(f.destination("acme")).otherwise(f.reject("no"))
    });
}
