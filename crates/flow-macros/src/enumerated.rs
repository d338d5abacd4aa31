//! `#[derive(Enumerated)]`: an enum's variants as labels.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Error, Path, Result};

use crate::{
    attributes::{self, Container},
    case,
};

pub(crate) fn derive(input: &DeriveInput, default: Path) -> Result<TokenStream> {
    let krate = Container::parse(&input.attrs, false)?
        .krate
        .unwrap_or(default);
    let Data::Enum(data) = &input.data else {
        let message = "labels are the variants of an enum; `Enumerated` is for enums";
        return Err(Error::new_spanned(&input.ident, message));
    };
    if data.variants.is_empty() {
        return Err(Error::new_spanned(
            &input.ident,
            "an enum of labels has at least one variant",
        ));
    }
    let mut seen = BTreeSet::new();
    let (mut variants, mut labels) = (Vec::new(), Vec::new());
    for variant in &data.variants {
        if !variant.fields.is_empty() {
            return Err(Error::new_spanned(
                &variant.fields,
                "a label carries no fields",
            ));
        }
        let given = attributes::label(&variant.attrs)?;
        let label = given.as_ref().map_or_else(
            || case::lower(&variant.ident.to_string(), '_'),
            syn::LitStr::value,
        );
        let refuse = |message: String| match &given {
            Some(literal) => Err(Error::new(literal.span(), message)),
            None => Err(Error::new_spanned(&variant.ident, message)),
        };
        if label.is_empty() || label.trim() != label || label.contains(char::is_control) {
            return refuse(
                "a label is not empty, has no space at its ends and no control character"
                    .to_owned(),
            );
        }
        if !seen.insert(label.clone()) {
            return refuse(format!("another variant already has the label `{label}`"));
        }
        variants.push(&variant.ident);
        labels.push(label);
    }
    let positions = 0..labels.len();
    let name = &input.ident;
    let (generics, arguments, bounds) = input.generics.split_for_impl();
    Ok(quote! {
        #[automatically_derived]
        impl #generics #krate::build::derived::Enumerated for #name #arguments #bounds {
            const LABELS: &'static [&'static str] = &[#(#labels),*];

            fn label(&self) -> &'static str {
                match self {
                    #(Self::#variants => #labels,)*
                }
            }

            fn position(&self) -> ::core::primitive::usize {
                match self {
                    #(Self::#variants => #positions,)*
                }
            }
        }
    })
}
