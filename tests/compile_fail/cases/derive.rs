//! What a struct or an enum gets wrong is said where it is wrong.

use pointsman_flow::{Enumerated, Lead};

#[derive(Lead)]
#[lead(vertical = "Auto Insurance")]
struct BadVertical {
    insured: bool,
}

#[derive(Lead)]
struct BadNames {
    source: String,
    hour: u8,
    r#in: bool,
    _hidden: bool,
}

#[derive(Lead)]
struct BadAttributes {
    #[lead(required = "always")]
    a: bool,
    #[lead(min = 3, max = 2)]
    b: i64,
    #[lead(min = 3, max_chars = 2)]
    c: i64,
    #[lead(scale = 2)]
    d: i64,
    #[lead(secret)]
    e: i64,
    #[lead(min = 1, min = 2)]
    f: i64,
    #[lead(min = "1")]
    g: i64,
}

#[derive(Lead)]
struct WrongLimits {
    #[lead(min = 1)]
    insured: bool,
    #[lead(max_chars = 10)]
    age: i64,
}

#[derive(Lead)]
struct WrongType {
    premium: f64,
}

#[derive(Lead)]
struct Tuple(bool);

#[derive(Lead)]
enum NotAStruct {
    One,
}

#[derive(Lead)]
struct Generic<T> {
    value: T,
}

#[derive(Enumerated)]
struct NotAnEnum;

#[derive(Enumerated)]
enum Empty {}

#[derive(Enumerated)]
enum Carries {
    One(u8),
}

#[derive(Enumerated)]
enum Doubled {
    One,
    #[lead(label = "one")]
    Two,
}

#[derive(Enumerated)]
enum Blank {
    #[lead(label = "")]
    One,
}

fn main() {}
