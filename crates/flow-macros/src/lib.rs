//! Derives a lead schema from a Rust struct, and labels from an enum.
//!
//! Not for direct use: the macros are re-exported next to the types that their code names, and are
//! documented there. Each comes twice, because a macro cannot know under which name its user
//! depends on us: [`macro@Lead`] writes paths through `::pointsman_flow`, [`macro@PointsmanLead`]
//! through `::pointsman::flow`. `#[lead(crate = "path")]` overrides either.

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input, parse_quote};

mod attributes;
mod case;
mod enumerated;
mod lead;

/// Writes a lead schema and a typed constant for each field, for users of `pointsman-flow`.
#[proc_macro_derive(Lead, attributes(lead))]
pub fn derive_lead(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    lead::derive(&input, parse_quote!(::pointsman_flow))
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}

/// Writes a lead schema and a typed constant for each field, for users of `pointsman`.
#[proc_macro_derive(PointsmanLead, attributes(lead))]
pub fn derive_pointsman_lead(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    lead::derive(&input, parse_quote!(::pointsman::flow))
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}

/// Writes the labels of an enum, for users of `pointsman-flow`.
#[proc_macro_derive(Enumerated, attributes(lead))]
pub fn derive_enumerated(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    enumerated::derive(&input, parse_quote!(::pointsman_flow))
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}

/// Writes the labels of an enum, for users of `pointsman`.
#[proc_macro_derive(PointsmanEnumerated, attributes(lead))]
pub fn derive_pointsman_enumerated(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    enumerated::derive(&input, parse_quote!(::pointsman::flow))
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}
