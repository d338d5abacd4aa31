//! The binary, and the library that a user's own binary starts from.
//!
//! A binary of your own has every command of `pointsman`, with your flows built in:
//!
//! ```no_run
//! use pointsman::{App, Lead, flow::build::Flow};
//!
//! #[derive(Lead)]
//! #[lead(vertical = "solar")]
//! struct Solar {
//!     home_owner: bool,
//! }
//!
//! fn main() -> std::process::ExitCode {
//!     let flow = Flow::<Solar>::build("solar", |f| {
//!         let (sunny, nobody) = (f.destination("sunny"), f.reject("tenants have no roof"));
//!         f.when(Solar::HOME_OWNER.is(true)).then(sunny).otherwise(nobody)
//!     });
//!     App::new().flow(&flow).run()
//! }
//! ```
//!
//! This crate wires the others together; it decides nothing itself.

mod alerts;
mod app;
mod built_in;
mod cli;
mod command;
mod demo;
mod descriptors;
mod import;
mod metrics;
mod out;
mod platform;
mod server;
mod settings;
mod simulate;

pub use app::App;
pub use flow::{Enumerated, Lead};
pub use pointsman_lead as lead;

/// The flow language: builder, document, checks, program.
pub mod flow {
    pub use pointsman_flow::*;
    // The derives that write their paths through this crate, so that it is all a user depends on.
    pub use pointsman_flow::{PointsmanEnumerated as Enumerated, PointsmanLead as Lead};
}
