//! The nouns of lead routing: lead schema and fields, money, time, identity, problems.
//!
//! Pure: time and chance come in as arguments, and nothing here reads a clock, a file or a socket.
#![deny(
    clippy::disallowed_methods,
    reason = "lead is pure: pass in what it needs"
)]

mod calendar;
mod id;
mod money;
mod problem;
mod schema;
mod time;
mod value;

pub use calendar::{Weekday, Zone, ZoneError};
pub use id::{Id, IdError, Kind, kinds};
pub use money::{AmountError, Currency, CurrencyError, Micros};
pub use problem::Problem;
pub use schema::{ALWAYS, Field, FieldIdx, FieldKind, Required, Schema};
pub use time::{Timestamp, TimestampError};
pub use value::{Fields, Value};
