//! What stories about the real program share: servers, callers, buyers that do as they are told, and a PostgreSQL to stop.
//!
//! The stories of the acceptance tests are in `it/`; those about faults are a package of their own, `faults/`. It does not
//! know the engine.

#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a story that cannot go on has failed"
)]
#![expect(
    missing_debug_implementations,
    reason = "a failed story shows its own values"
)]

pub mod buyer;
pub mod caller;
pub mod chance;
pub mod own_postgres;
pub mod program;
pub mod server;
pub mod site;
pub mod verify;
pub mod wait;
pub mod wire;
