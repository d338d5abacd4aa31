//! The flow language: builder, document, checks, program. Pure.
