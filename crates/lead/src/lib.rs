//! The nouns of lead routing: lead schema and fields, money, time, identity, problems.
//!
//! Pure: time and chance come in as arguments, and nothing here reads a clock, a file or a socket.
#![deny(
    clippy::disallowed_methods,
    reason = "lead is pure: pass in what it needs"
)]

mod amount;
mod answer;
mod calendar;
mod conversion;
mod countries;
mod id;
pub mod json;
mod money;
mod normal;
mod number;
mod parse;
mod postback;
mod problem;
mod schema;
mod storable;
mod suggest;
mod text;
mod time;
pub mod typed;
mod value;
mod values;

pub use amount::{AMOUNT_MAX, Amount, CurrencyMark};
pub use answer::Answer;
pub use calendar::{
    CalendarDate, CalendarDateError, LocalTime, LocalTimeError, Reading, Weekday, Zone, ZoneError,
};
pub use conversion::{ConversionEvent, ConversionKind, ConversionTotals, Transaction};
pub use countries::exists as is_country;
pub use id::{Id, IdError, Kind, kinds};
pub use money::{AmountError, Currency, CurrencyError, Micros, decimal_text};
pub use normal::NormalForm;
pub use number::{Decimal, DecimalError, parse as parse_decimal, print as print_decimal};
pub use parse::{Envelope, Stage};
pub use postback::{Postback, Reported};
pub use problem::Problem;
pub use schema::{ALWAYS, Field, FieldIdx, FieldKind, RECEIVED_AT, Required, Schema};
pub use storable::{unstorable, unstorable_in};
pub use suggest::closest;
pub use text::printable;
pub use time::{Timestamp, TimestampError};
pub use typed::{
    Country, Email, Enumerated, FieldValue, Integer, Lead, Ordered, Phone, PostalCode, Region,
    State, TextError, Textual, Url, us,
};
pub use value::{Fields, StoredError, Value};
pub use values::{ValueRef, Values};
