//! `#[derive(Lead)]`: a struct's fields as a lead schema and as typed constants.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{
    Data, DeriveInput, Error, Field, Fields, LitInt, Path, Result, Type, ext::IdentExt,
    spanned::Spanned,
};

use crate::{
    attributes::{Container, OfField},
    case,
};

/// The fields that every lead has: name and type in `build::derived`.
const ALWAYS: [(&str, &str); 8] = [
    ("source", "String"),
    ("sub_id_1", "String"),
    ("sub_id_2", "String"),
    ("sub_id_3", "String"),
    ("sub_id_4", "String"),
    ("sub_id_5", "String"),
    ("received_at", "Timestamp"),
    ("is_test", "Boolean"),
];

/// Words of the predicate language that may be names of fields in Rust.
const RESERVED: [&str; 10] = [
    "true",
    "false",
    "null",
    "in",
    "has",
    "hour",
    "weekday",
    "timestamp",
    "duration",
    "lead",
];

const FIELDS_MAX: usize = 256;

pub(crate) fn derive(input: &DeriveInput, default: Path) -> Result<TokenStream> {
    let container = Container::parse(&input.attrs, true)?;
    let krate = container.krate.clone().unwrap_or(default);
    let vertical = vertical(input, &container)?;
    let mut parts = Parts::default();
    let mut errors: Option<Error> = None;
    for field in fields(input)? {
        if let Err(error) = parts.add(field, input, &krate) {
            match &mut errors {
                Some(errors) => errors.combine(error),
                None => errors = Some(error),
            }
        }
    }
    if let Some(errors) = errors {
        return Err(errors);
    }
    let Parts {
        declared,
        json,
        lent,
        constants,
    } = parts;
    let always = ALWAYS.iter().map(|(field, kind)| {
        let kind = Ident::new(kind, Span::call_site());
        constant(
            field,
            &input.vis,
            &krate,
            &quote!(#krate::build::derived::#kind),
            input.ident.span(),
        )
    });
    let name = &input.ident;
    Ok(quote! {
        #[automatically_derived]
        impl #krate::build::derived::Lead for #name {
            fn schema() -> #krate::build::derived::Schema {
                #krate::build::derived::schema(#vertical, ::std::vec![#(#declared),*])
            }

            fn to_json(&self) -> #krate::build::derived::Json {
                #krate::build::derived::json([#(#json),*])
            }

            fn lend<Lent>(
                &self,
                position: ::core::primitive::usize,
                to: impl ::core::ops::FnOnce(
                    ::core::option::Option<#krate::build::derived::ValueRef<'_>>,
                ) -> Lent,
            ) -> Lent {
                match position {
                    #(#lent)*
                    _ => to(::core::option::Option::None),
                }
            }
        }

        #[automatically_derived]
        #[allow(dead_code, reason = "a flow need not test every field")]
        impl #name {
            #(#constants)*
            #(#always)*
        }
    })
}

#[derive(Default)]
struct Parts {
    /// Expressions of the schema's fields.
    declared: Vec<TokenStream>,
    /// Pairs of name and value.
    json: Vec<TokenStream>,
    /// Arms from a position to the value there.
    lent: Vec<TokenStream>,
    constants: Vec<TokenStream>,
}

impl Parts {
    fn add(&mut self, field: &Field, lead: &DeriveInput, krate: &Path) -> Result<()> {
        let Some(ident) = &field.ident else {
            return Err(Error::new_spanned(
                field,
                "every field of a lead has a name",
            ));
        };
        let name = field_name(ident)?;
        let OfField {
            required,
            pii,
            min,
            max,
            max_chars,
        } = OfField::parse(&field.attrs)?;
        if let (Some((min, _)), Some((max, span))) = (min, max)
            && min > max
        {
            return Err(Error::new(
                span,
                format!("no whole number lies between {min} and {max}"),
            ));
        }
        let ty = &field.ty;
        let derived = quote!(#krate::build::derived);
        let kind = kind(ty, &derived, (min, max), max_chars)?;
        let required = match required.map(|when| when.value()) {
            None => quote!(::core::option::Option::None),
            Some(when) => {
                let when = match when.as_str() {
                    "ping" => quote!(Ping),
                    "post" => quote!(Post),
                    _ => quote!(Never),
                };
                quote!(::core::option::Option::Some(#derived::Required::#when))
            }
        };
        self.declared.push(quote_spanned! {ty.span()=>
            #derived::field::<#ty>(#name, #kind, #required, #pii)
        });
        self.json.push(quote_spanned! {ty.span()=>
            (#name, <#ty as #derived::FieldValue>::to_json(&self.#ident))
        });
        let position = self.lent.len();
        self.lent.push(quote_spanned! {ty.span()=>
            #position => <#ty as #derived::FieldValue>::lend(&self.#ident, to),
        });
        let base = quote_spanned!(ty.span()=> <#ty as #derived::FieldValue>::Base);
        self.constants
            .push(constant(&name, &lead.vis, krate, &base, ident.span()));
        Ok(())
    }
}

/// A limit of a whole number, and where it is written.
type Bound = (i64, Span);

/// The kind of a field, with its limits.
fn kind(
    ty: &Type,
    derived: &TokenStream,
    (min, max): (Option<Bound>, Option<Bound>),
    max_chars: Option<LitInt>,
) -> Result<TokenStream> {
    Ok(match (min, max, max_chars) {
        (None, None, None) => {
            quote_spanned!(ty.span()=> <#ty as #derived::FieldValue>::kind())
        }
        (None, None, Some(max_chars)) => {
            quote_spanned!(ty.span()=> #derived::text::<#ty>(#max_chars))
        }
        (_, _, Some(max_chars)) => {
            let message = "a text has `max_chars`, a whole number has `min` and `max`";
            return Err(Error::new_spanned(max_chars, message));
        }
        (min, max, None) => {
            let none = quote!(::core::option::Option::None);
            let bound = |bound: Option<Bound>| {
                bound.map_or(
                    none.clone(),
                    |(number, _)| quote!(::core::option::Option::Some(#number)),
                )
            };
            let (min, max) = (bound(min), bound(max));
            quote_spanned!(ty.span()=> #derived::limited::<#ty>(#min, #max))
        }
    })
}

fn constant(
    field: &str,
    visibility: &syn::Visibility,
    krate: &Path,
    base: &TokenStream,
    span: Span,
) -> TokenStream {
    let constant = Ident::new(&field.to_uppercase(), span);
    let doc = format!("The field `{field}`, for predicates.");
    quote! {
        #[doc = #doc]
        #visibility const #constant: #krate::build::FieldOf<Self, #base> =
            #krate::build::FieldOf::derived(#field);
    }
}

fn fields(input: &DeriveInput) -> Result<impl Iterator<Item = &Field>> {
    let Data::Struct(data) = &input.data else {
        let message = "a lead is a struct with a named field for each detail";
        return Err(Error::new_spanned(&input.ident, message));
    };
    if !input.generics.params.is_empty() {
        let message = "a lead has one schema, so its struct has no parameters";
        return Err(Error::new_spanned(&input.generics, message));
    }
    match &data.fields {
        Fields::Named(fields) if fields.named.len() <= FIELDS_MAX => Ok(fields.named.iter()),
        Fields::Named(_) => {
            let message = format!("a lead has at most {FIELDS_MAX} fields");
            Err(Error::new_spanned(&input.ident, message))
        }
        _ => Err(Error::new_spanned(
            &input.ident,
            "a lead is a struct with named fields",
        )),
    }
}

fn vertical(input: &DeriveInput, container: &Container) -> Result<String> {
    let (vertical, span) = match &container.vertical {
        Some(literal) => (literal.value(), literal.span()),
        None => (
            case::lower(&input.ident.unraw().to_string(), '-'),
            input.ident.span(),
        ),
    };
    if is_word(&vertical, "_-") {
        return Ok(vertical);
    }
    let message = format!(
        "`{vertical}` is not a name of a vertical: start with a small letter; then small letters, digits, `_` and `-`, at most 63 in all"
    );
    Err(Error::new(span, message))
}

fn field_name(ident: &Ident) -> Result<String> {
    let name = ident.unraw().to_string();
    let message = if ALWAYS.iter().any(|(always, _)| *always == name) {
        format!("`{name}` is there in every lead; leave it out")
    } else if RESERVED.contains(&name.as_str()) {
        format!("`{name}` is a word of the predicate language; choose another name")
    } else if !is_word(&name, "_") {
        format!(
            "`{name}` is not a field name: start with a small letter; then small letters, digits and `_`, at most 63 in all"
        )
    } else {
        return Ok(name);
    };
    Err(Error::new(ident.span(), message))
}

fn is_word(name: &str, also: &str) -> bool {
    name.len() <= 63
        && name.starts_with(|mark: char| mark.is_ascii_lowercase())
        && name
            .chars()
            .all(|mark| mark.is_ascii_lowercase() || mark.is_ascii_digit() || also.contains(mark))
}
