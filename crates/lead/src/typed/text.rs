//! Texts with a shape, as types: a country is not a telephone number.

use std::{fmt, str::FromStr};

use serde_json::Value as Json;
use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

use super::FieldValue;
use crate::{FieldKind, ValueRef, parse, values::lend_text};

/// A text that has not the shape of its type.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{text}` is refused: {wanted}")]
pub struct TextError {
    text: String,
    wanted: &'static str,
}

/// The text in NFC if it has the shape of its kind and no control characters.
fn checked(kind: &FieldKind, text: &str) -> Result<String, TextError> {
    let refused = |wanted| TextError {
        text: text.to_owned(),
        wanted,
    };
    let text: String = text.nfc().collect();
    let most = usize::try_from(parse::chars_max(kind)).unwrap_or(usize::MAX);
    if text.contains(char::is_control) || text.chars().count() > most {
        return Err(refused("it is too long or holds a control character"));
    }
    parse::read_format(kind, &text).map_err(refused)
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident = $kind:expr, $example:literal;)*) => {$(
        $(#[$doc])*
        #[doc = concat!("\n```\nlet text = \"", $example, "\";\nlet read: pointsman_lead::", stringify!($name), " = text.parse()?;\nassert_eq!(read.to_string(), text);\n# Ok::<(), pointsman_lead::TextError>(())\n```")]
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The text itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = TextError;

            fn from_str(text: &str) -> Result<Self, TextError> {
                checked(&$kind, text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl FieldValue for $name {
            type Base = Self;

            fn kind() -> FieldKind {
                $kind
            }

            fn to_json(&self) -> Json {
                Json::from(self.as_str())
            }

            fn lend<R>(&self, to: impl FnOnce(Option<ValueRef<'_>>) -> R) -> R {
                lend_text(self.as_str(), to)
            }
        }
    )*};
}
texts! {
    /// A postal code: 3 to 10 letters, digits, spaces and hyphens.
    PostalCode = FieldKind::PostalCode, "94103";
    /// A telephone number in E.164.
    Phone = FieldKind::Phone, "+14155550132";
    /// An e-mail address.
    Email = FieldKind::Email, "ada@example.com";
    /// An http or https address.
    Url = FieldKind::Url, "https://example.com/quote";
}

/// A short code of capital letters and digits; zero bytes fill the rest.
type Code = [u8; 3];

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $kind:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Code);

        impl $name {
            /// The code itself.
            pub fn as_str(&self) -> &str {
                let length = self.0.iter().take_while(|&&byte| byte != 0).count();
                // Only ASCII ever gets in.
                str::from_utf8(&self.0[..length]).unwrap_or_default()
            }
        }

        impl FromStr for $name {
            type Err = TextError;

            fn from_str(text: &str) -> Result<Self, TextError> {
                let text = checked(&$kind, text)?;
                let mut code = Code::default();
                // No longer than three bytes, or its kind would have refused it.
                for (byte, &letter) in code.iter_mut().zip(text.as_bytes()) {
                    *byte = letter;
                }
                Ok(Self(code))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(self.as_str())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, "{}({})", stringify!($name), self.as_str())
            }
        }

        impl FieldValue for $name {
            type Base = Self;

            fn kind() -> FieldKind {
                $kind
            }

            fn to_json(&self) -> Json {
                Json::from(self.as_str())
            }

            fn lend<R>(&self, to: impl FnOnce(Option<ValueRef<'_>>) -> R) -> R {
                lend_text(self.as_str(), to)
            }
        }
    )*};
}
codes! {
    /// A country by its ISO 3166-1 alpha-2 code, such as `US`.
    Country = FieldKind::Country;
    /// A state or province: ISO 3166-2 without its country, such as `CA`.
    Region = FieldKind::Region;
}

impl Country {
    /// The United States of America.
    pub const US: Self = Self(*b"US\0");
}

impl Region {
    /// A region of two letters that is known to be right.
    pub(super) const fn of(code: [u8; 2]) -> Self {
        Self([code[0], code[1], 0])
    }
}
