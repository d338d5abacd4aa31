//! How a request shows that it is from us.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::{Sha256, Sha512};

/// How a request shows that it is from us. Texts may hold placeholders, and keys are best written as
/// `{{secret.<name>}}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Auth {
    /// HTTP Basic.
    Basic {
        /// The name; without a colon.
        user: String,
        /// The password.
        password: String,
    },
    /// A token that does not change.
    Bearer {
        /// The token.
        token: String,
    },
    /// A signature of the request in a header.
    Hmac {
        /// The key.
        key: String,
        /// The header that holds the signature.
        header: String,
        /// The hash.
        #[serde(default)]
        hash: SignatureHash,
        /// How the signature is written.
        #[serde(default)]
        encoding: SignatureEncoding,
        /// What stands before the signature, such as `sha256=`.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        prefix: String,
        /// What is signed. Beside the other placeholders there are `{{body}}`, as it leaves (the parameters of a
        /// request without a body), and `{{timestamp}}`, in seconds since 1970.
        #[serde(default = "body_alone")]
        signed: String,
        /// The header that holds the timestamp. Absent: it is sent nowhere.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        timestamp_header: Option<String>,
    },
    /// The signature of the Standard Webhooks specification, with the delivery's id as that of the message.
    StandardWebhooks {
        /// The key in Base64, with or without `whsec_` before it.
        key: String,
    },
    /// A token of an OAuth 2.0 server, which is asked for one with our credentials and keeps it until it ends.
    #[serde(rename = "oauth")]
    OAuth {
        /// The address of the server of tokens.
        token_url: String,
        /// Who we are.
        client_id: String,
        /// By what it knows us.
        client_secret: String,
        /// How it is told.
        #[serde(default)]
        credentials: Credentials,
        /// Further parameters, such as `scope` and `audience`.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        params: BTreeMap<String, String>,
    },
}

/// The hash of a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignatureHash {
    /// SHA-256.
    #[default]
    Sha256,
    /// SHA-512.
    Sha512,
}

/// How a signature is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignatureEncoding {
    /// In small hexadecimal digits.
    #[default]
    Hex,
    /// In Base64.
    Base64,
}

/// How a server of tokens is told who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Credentials {
    /// By HTTP Basic, as RFC 6749 wants it.
    #[default]
    Header,
    /// As parameters of the request.
    Body,
}

fn body_alone() -> String {
    "{{body}}".to_owned()
}

/// A signature as it is written.
pub(crate) fn sign(
    key: &[u8],
    signed: &str,
    hash: SignatureHash,
    encoding: SignatureEncoding,
) -> String {
    let bytes = match hash {
        SignatureHash::Sha256 => Hmac::<Sha256>::new_from_slice(key)
            .map(|mac| mac.chain_update(signed).finalize().into_bytes().to_vec()),
        SignatureHash::Sha512 => Hmac::<Sha512>::new_from_slice(key)
            .map(|mac| mac.chain_update(signed).finalize().into_bytes().to_vec()),
    };
    let bytes = bytes.expect("HMAC takes keys of every length");
    match encoding {
        SignatureEncoding::Hex => {
            let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            digits.concat()
        }
        SignatureEncoding::Base64 => STANDARD.encode(bytes),
    }
}

impl Auth {
    /// Where it asks for tokens, if it does.
    pub(crate) fn token_url(&self) -> Option<&str> {
        match self {
            Self::OAuth { token_url, .. } => Some(token_url),
            _ => None,
        }
    }
}

/// The value of an `Authorization` header with a name and a password.
pub(crate) fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

/// Whether a text is a key of the Standard Webhooks specification.
pub fn is_webhook_key(key: &str) -> bool {
    webhook_key(key).is_some()
}

/// The bytes of a key of Standard Webhooks; `None` if it is not in Base64.
pub(crate) fn webhook_key(key: &str) -> Option<Vec<u8>> {
    let key = key.strip_prefix("whsec_").unwrap_or(key);
    STANDARD.decode(key).ok().filter(|key| !key.is_empty())
}
