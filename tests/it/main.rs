//! The platform as its users meet it.
