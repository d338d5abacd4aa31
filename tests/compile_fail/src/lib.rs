//! Flows that must not compile, in `cases/`; the one test is in `main.rs`.
