//! The step machine over a program: decide, offer, settle. Pure.
