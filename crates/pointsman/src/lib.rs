//! The binary, and the library that a user's own binary starts from.
