//! What is wrong with how a request shows that it is from us.

use url::Url;

use super::Check;
use crate::{
    Auth,
    auth::webhook_key,
    template::{Part, parts},
};

impl Check<'_> {
    /// Keys, headers and addresses.
    pub(super) fn auth(&mut self) {
        let Some(auth) = &self.target.auth else {
            return;
        };
        match auth {
            Auth::Basic { user, password } => {
                self.key("auth.user", user);
                self.key("auth.password", password);
                if user.contains(':') {
                    let message = "a name with a colon cannot be told from its password";
                    self.report("auth_user", "auth.user", message, "leave the colon out");
                }
                self.sole_header("authorization", "auth");
            }
            Auth::Bearer { token } => {
                self.key("auth.token", token);
                self.sole_header("authorization", "auth");
            }
            Auth::Hmac { key, .. } => {
                self.key("auth.key", key);
                self.signature(auth);
            }
            Auth::StandardWebhooks { key } => {
                self.key("auth.key", key);
                self.webhook_key(key);
                for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
                    self.sole_header(name, "auth");
                }
            }
            Auth::OAuth {
                token_url,
                client_id,
                client_secret,
                credentials: _,
                params,
            } => {
                let is_address = Url::parse(token_url).is_ok_and(|url| {
                    matches!(url.scheme(), "http" | "https") && url.username().is_empty()
                });
                if !is_address || token_url.contains("{{") {
                    let message = "this is not the address of a server of tokens";
                    let hint = "write it like https://buyer.example/oauth/token";
                    self.report("url_invalid", "auth.token_url", message, hint);
                }
                self.key("auth.client_id", client_id);
                self.key("auth.client_secret", client_secret);
                for (name, value) in params {
                    self.key(&format!("auth.params.{name}"), value);
                }
                self.sole_header("authorization", "auth");
            }
        }
    }

    fn signature(&mut self, auth: &Auth) {
        let Auth::Hmac {
            key: _,
            header,
            hash: _,
            encoding: _,
            prefix,
            signed,
            timestamp_header,
        } = auth
        else {
            return;
        };
        self.in_signature = true;
        self.text("auth.signed", signed);
        self.in_signature = false;
        if !signed.contains("{{body") {
            let message = "what is signed leaves out the body, so that anybody could change it";
            self.report("auth_signed", "auth.signed", message, "name {{body}} in it");
        }
        if prefix.chars().any(char::is_control) {
            let message = "the prefix holds a line break or another control character";
            self.report(
                "header_value",
                "auth.prefix",
                message,
                "write it on one line",
            );
        }
        self.own_header(header, "auth.header");
        if let Some(name) = timestamp_header {
            self.own_header(name, "auth.timestamp_header");
        }
    }

    fn webhook_key(&mut self, key: &str) {
        let known = match parts(key).as_slice() {
            [Part::Text(key)] => Some((*key).to_owned()),
            [Part::Hole(name)] => name
                .strip_prefix("secret.")
                .and_then(|name| self.target.secrets.get(name))
                .map(|secret| secret.reveal().to_owned()),
            _ => None,
        };
        let is_masked = known.as_deref() == Some(crate::secret::REDACTED);
        if known.is_some_and(|key| webhook_key(&key).is_none()) && !is_masked {
            let message = "the key is not in Base64";
            let hint = "take it as the destination gives it: whsec_ and then Base64";
            self.report("auth_key", "auth.key", message, hint);
        }
    }

    /// A text that is the same for all leads.
    fn key(&mut self, path: &str, text: &str) {
        if text.is_empty() {
            self.report("auth_empty", path, "there is nothing here", "name a secret");
        }
        self.text(path, text);
        let of_lead = parts(text).into_iter().any(|part| match part {
            Part::Hole(name) => !name.starts_with("secret."),
            Part::Text(_) | Part::Open(_) => false,
        });
        if of_lead {
            let message = "what we are known by depends on the lead";
            self.report("auth_of_lead", path, message, "use {{secret.<name>}} alone");
        }
    }

    /// A header that only `auth` may set.
    fn sole_header(&mut self, name: &str, path: &str) {
        let mut names = self.target.headers.keys();
        if names.any(|own| own.eq_ignore_ascii_case(name)) {
            let message = format!("the header `{name}` is set by `headers` too");
            self.report("auth_header", path, message, "leave it to one of them");
        }
    }

    /// A header whose name the target chooses.
    fn own_header(&mut self, name: &str, path: &str) {
        if super::is_forbidden(name) {
            let message = format!("the header `{name}` is not the target's to set");
            self.report("header_forbidden", path, message, "choose another name");
        } else if name.parse::<reqwest::header::HeaderName>().is_err() {
            let message = format!("`{name}` is not the name of a header");
            self.report("header_name", path, message, "letters, digits and `-`");
        }
        self.sole_header(name, path);
    }
}
