//! What `#[lead(...)]` may say on a struct, a field, an enum and a variant.

use proc_macro2::Span;
use syn::{
    Attribute, Error, LitInt, LitStr, Path, Result, UnOp, meta::ParseNestedMeta, spanned::Spanned,
};

/// On a struct or an enum.
#[derive(Default)]
pub(crate) struct Container {
    pub(crate) vertical: Option<LitStr>,
    pub(crate) krate: Option<Path>,
}

/// On a field of a struct.
#[derive(Default)]
pub(crate) struct OfField {
    pub(crate) required: Option<LitStr>,
    pub(crate) pii: bool,
    pub(crate) min: Option<(i64, Span)>,
    pub(crate) max: Option<(i64, Span)>,
    pub(crate) max_chars: Option<LitInt>,
}

impl Container {
    /// * `is_lead`: whether it is a struct, which has a vertical.
    pub(crate) fn parse(attributes: &[Attribute], is_lead: bool) -> Result<Self> {
        let mut container = Self::default();
        each(attributes, |meta| {
            if meta.path.is_ident("crate") {
                let path: LitStr = meta.value()?.parse()?;
                set(&mut container.krate, path.parse()?, &meta)
            } else if is_lead && meta.path.is_ident("vertical") {
                set(&mut container.vertical, meta.value()?.parse()?, &meta)
            } else if is_lead {
                Err(meta.error("a lead knows `vertical = \"name\"` and `crate = \"path\"`"))
            } else {
                Err(meta.error("an enum knows `crate = \"path\"`; labels go on its variants"))
            }
        })?;
        Ok(container)
    }
}

impl OfField {
    pub(crate) fn parse(attributes: &[Attribute]) -> Result<Self> {
        let mut field = Self::default();
        each(attributes, |meta| {
            if meta.path.is_ident("required") {
                let when: LitStr = meta.value()?.parse()?;
                if !matches!(when.value().as_str(), "ping" | "post" | "never") {
                    let message = "a field is required at \"ping\", \"post\" or \"never\"";
                    return Err(Error::new(when.span(), message));
                }
                set(&mut field.required, when, &meta)
            } else if meta.path.is_ident("pii") {
                field.pii = true;
                Ok(())
            } else if meta.path.is_ident("min") {
                let value = whole(&meta)?;
                set(&mut field.min, value, &meta)
            } else if meta.path.is_ident("max") {
                let value = whole(&meta)?;
                set(&mut field.max, value, &meta)
            } else if meta.path.is_ident("max_chars") {
                set(&mut field.max_chars, meta.value()?.parse()?, &meta)
            } else if meta.path.is_ident("scale") {
                Err(meta.error("the scale is part of the type: write `Decimal<2>`"))
            } else {
                Err(meta.error("a field knows `required`, `pii`, `min`, `max` and `max_chars`"))
            }
        })?;
        Ok(field)
    }
}

/// The label that a variant is given, if it is.
pub(crate) fn label(attributes: &[Attribute]) -> Result<Option<LitStr>> {
    let mut label = None;
    each(attributes, |meta| {
        if meta.path.is_ident("label") {
            set(&mut label, meta.value()?.parse()?, &meta)
        } else {
            Err(meta.error("a variant knows `label = \"text\"`"))
        }
    })?;
    Ok(label)
}

fn each(
    attributes: &[Attribute],
    mut read: impl FnMut(ParseNestedMeta<'_>) -> Result<()>,
) -> Result<()> {
    let mut errors: Option<Error> = None;
    for attribute in attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("lead"))
    {
        if let Err(error) = attribute.parse_nested_meta(&mut read) {
            match &mut errors {
                Some(errors) => errors.combine(error),
                None => errors = Some(error),
            }
        }
    }
    errors.map_or(Ok(()), Err)
}

fn set<T>(place: &mut Option<T>, value: T, meta: &ParseNestedMeta<'_>) -> Result<()> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(meta.error("this is said twice")),
    }
}

fn whole(meta: &ParseNestedMeta<'_>) -> Result<(i64, Span)> {
    let value: syn::Expr = meta.value()?.parse()?;
    let span = value.span();
    let (sign, literal) = match &value {
        syn::Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => ("-", &*unary.expr),
        other => ("", other),
    };
    let syn::Expr::Lit(syn::ExprLit {
        lit: syn::Lit::Int(digits),
        ..
    }) = literal
    else {
        return Err(Error::new(span, "write a whole number"));
    };
    let number = format!("{sign}{}", digits.base10_digits());
    let number = number
        .parse()
        .map_err(|_| Error::new(span, "this does not fit into 64 bits"))?;
    Ok((number, span))
}
