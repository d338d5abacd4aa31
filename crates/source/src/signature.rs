//! How platforms prove who they are.

use hmac::{Hmac, KeyInit as _, Mac as _};
use pointsman_lead::Timestamp;
use sha2::Sha256;

use crate::{Payload, Preset, SourceDocument};

/// How old a signed time may be, and how far ahead of ours, in microseconds.
const AGE_MAX: i64 = 5 * 60 * 1_000_000;

/// A request as it was sent, as far as a signature covers it.
#[derive(Debug, Clone, Copy)]
pub struct Sent<'a> {
    /// The body, byte by byte.
    pub body: &'a [u8],
    /// The header with the signature, where the platform sends one.
    pub signature: Option<&'a str>,
    /// What the body says, once it was read.
    pub payload: &'a Payload,
    /// Now, by the clock of the wall.
    pub now: Timestamp,
}

/// Why a request is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureError {
    /// It has no signature.
    Missing,
    /// The signature is not that of the body.
    Wrong,
    /// The signature was made too long ago, or in the future.
    TooOld,
}

impl Preset {
    /// The header that holds the signature of a request, in small letters.
    pub fn signature_header(self) -> Option<&'static str> {
        match self {
            Self::FacebookLeadAds => Some("x-hub-signature-256"),
            Self::TiktokLeadAds => Some("tiktok-signature"),
            Self::Form | Self::GoogleLeadForms => None,
        }
    }
}

impl SourceDocument {
    /// Whether a request is from the platform of this source. One whose secrets are not known here is believed: the token in
    /// its address is what it is known by.
    ///
    /// # Errors
    ///
    /// Why it is not believed.
    ///
    /// # Source
    ///
    /// Meta, *Webhooks: Validating Payloads*; Google, *Lead Form Webhook Integration*, `google_key`; `TikTok`, *Webhook
    /// Verification*.
    pub fn verify(&self, sent: &Sent<'_>) -> Result<(), SignatureError> {
        let secret = |name| self.secrets().find(name);
        match self.preset() {
            Preset::Form => Ok(()),
            Preset::FacebookLeadAds => match secret("app_secret") {
                None => Ok(()),
                Some(secret) => {
                    let signature = sent.signature.ok_or(SignatureError::Missing)?;
                    let hex = signature.trim().strip_prefix("sha256=");
                    signed(secret, &[sent.body], hex.ok_or(SignatureError::Wrong)?)
                }
            },
            Preset::GoogleLeadForms => match secret("google_key") {
                None => Ok(()),
                Some(key) => {
                    let given = sent.payload.text("google_key");
                    let given = given.ok_or(SignatureError::Missing)?;
                    same(key, given)
                }
            },
            Preset::TiktokLeadAds => match secret("client_secret") {
                None => Ok(()),
                Some(secret) => {
                    let signature = sent.signature.ok_or(SignatureError::Missing)?;
                    let (seconds, hex) = timed(signature).ok_or(SignatureError::Wrong)?;
                    signed(secret, &[seconds.as_bytes(), b".", sent.body], hex)?;
                    let at: i64 = seconds.parse().map_err(|_| SignatureError::Wrong)?;
                    let age = sent.now.0.saturating_sub(at.saturating_mul(1_000_000));
                    if age.abs() > AGE_MAX {
                        return Err(SignatureError::TooOld);
                    }
                    Ok(())
                }
            },
        }
    }

    /// The answer to a platform that asks whether this address is ours, as Facebook does when it is entered.
    ///
    /// * `asked`: the parameters of its request.
    /// * returns: `None` if it does not ask that; an error if its token is not ours.
    ///
    /// # Errors
    ///
    /// [`SignatureError::Wrong`], also where no token is known here.
    pub fn answer_challenge<'a>(
        &self,
        asked: &'a Payload,
    ) -> Option<Result<&'a str, SignatureError>> {
        if self.preset() != Preset::FacebookLeadAds {
            return None;
        }
        asked.text("hub.mode").filter(|mode| *mode == "subscribe")?;
        let challenge = asked.text("hub.challenge")?;
        let token = asked.text("hub.verify_token").unwrap_or_default();
        let known = self.secrets().find("verify_token");
        let checked = known.map_or(Err(SignatureError::Wrong), |known| same(known, token));
        Some(checked.map(|()| challenge))
    }
}

/// The time and the signature of a header like `t=1633174587,s=18494715…`.
fn timed(header: &str) -> Option<(&str, &str)> {
    let parts = header
        .split(',')
        .filter_map(|part| part.trim().split_once('='));
    let (mut time, mut signature) = (None, None);
    for (name, value) in parts {
        match name {
            "t" => time = Some(value),
            "s" => signature = Some(value),
            _ => {}
        }
    }
    Some((time?, signature?))
}

/// Whether `hex` is the HMAC-SHA-256 of some parts. Takes as long for a wrong one as for a right one.
fn signed(secret: &str, parts: &[&[u8]], hex: &str) -> Result<(), SignatureError> {
    let mut mac = mac(secret);
    for part in parts {
        mac.update(part);
    }
    let given = bytes(hex).ok_or(SignatureError::Wrong)?;
    mac.verify_slice(&given).map_err(|_| SignatureError::Wrong)
}

/// Whether two secrets are one. Compared by their codes, so that the time it takes says nothing of them.
fn same(known: &str, given: &str) -> Result<(), SignatureError> {
    let mut expected = mac("comparison");
    expected.update(known.as_bytes());
    let mut found = mac("comparison");
    found.update(given.as_bytes());
    let found = found.finalize().into_bytes();
    expected
        .verify_slice(&found)
        .map_err(|_| SignatureError::Wrong)
}

fn mac(secret: &str) -> Hmac<Sha256> {
    Hmac::new_from_slice(secret.as_bytes()).expect("a key of HMAC has any length")
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    if hex.len() != 64 || !hex.is_ascii() {
        return None;
    }
    let pairs = (0..32).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16));
    pairs.collect::<Result<_, _>>().ok()
}

#[cfg(test)]
mod tests {
    use pointsman_lead::Timestamp;
    use serde_json::{Value, json};

    use super::{Sent, SignatureError};
    use crate::{Payload, SourceDocument};

    const NOW: Timestamp = Timestamp(1_633_174_587_000_000);

    fn source(preset: &str, secrets: &Value) -> SourceDocument {
        let document = json!({"flow": "auto", "preset": preset, "secrets": secrets});
        SourceDocument::from_value(&document).unwrap()
    }

    fn verified(
        source: &SourceDocument,
        body: &str,
        signature: Option<&str>,
    ) -> Result<(), SignatureError> {
        source.verify(&Sent {
            body: body.as_bytes(),
            signature,
            payload: &Payload::from_json(body).unwrap(),
            now: NOW,
        })
    }

    #[test]
    fn facebook_signs_the_body() {
        let source = source("facebook_lead_ads", &json!({"app_secret": "key"}));
        // printf %s '{"id":"1"}' | openssl dgst -sha256 -hmac key
        let right = "sha256=77cb8fd154ecfa2865657b2915c997c624ee47fe122e8a8bb91b10a09b47fb3c";
        let body = r#"{"id":"1"}"#;
        assert_eq!(verified(&source, body, Some(right)), Ok(()));
        assert_eq!(verified(&source, body, None), Err(SignatureError::Missing));
        assert_eq!(
            verified(&source, r#"{"id":"2"}"#, Some(right)),
            Err(SignatureError::Wrong)
        );
        for wrong in [
            "",
            "sha256=",
            "sha256=zz",
            &right[7..],
            "sha1=00",
            &"ä".repeat(64),
        ] {
            assert_eq!(
                verified(&source, body, Some(wrong)),
                Err(SignatureError::Wrong),
                "{wrong}"
            );
        }
    }

    #[test]
    fn google_sends_its_key() {
        let source = source("google_lead_forms", &json!({"google_key": "k3y"}));
        assert_eq!(verified(&source, r#"{"google_key": "k3y"}"#, None), Ok(()));
        assert_eq!(
            verified(&source, r#"{"google_key": "k3"}"#, None),
            Err(SignatureError::Wrong)
        );
        assert_eq!(
            verified(&source, r#"{"google_key": 7}"#, None),
            Err(SignatureError::Missing)
        );
    }

    #[test]
    fn tiktok_signs_the_body_with_a_time() {
        let source = source("tiktok_lead_ads", &json!({"client_secret": "key"}));
        // printf %s '1633174587.{"id":"1"}' | openssl dgst -sha256 -hmac key
        let hex = "bcf4615832d3b9610da848fa6df077b5ef934d4530b84fcc9e1ed3adb7654cf1";
        let right = format!("t=1633174587,s={hex}");
        let body = r#"{"id":"1"}"#;
        assert_eq!(verified(&source, body, Some(&right)), Ok(()));
        let later = Sent {
            body: body.as_bytes(),
            signature: Some(&right),
            payload: &Payload::from_json(body).unwrap(),
            now: NOW.plus(6 * 60 * 1_000_000),
        };
        assert_eq!(source.verify(&later), Err(SignatureError::TooOld));
        for wrong in [
            format!("t=1633174588,s={hex}"),
            format!("s={hex}"),
            "t=,s=".to_owned(),
        ] {
            assert_eq!(
                verified(&source, body, Some(&wrong)),
                Err(SignatureError::Wrong)
            );
        }
    }

    #[test]
    fn facebook_is_answered_its_challenge() {
        let source = source("facebook_lead_ads", &json!({"verify_token": "mine"}));
        let asked = |query: &str| {
            let asked = Payload::from_form(query.as_bytes()).unwrap();
            source
                .answer_challenge(&asked)
                .map(|answer| answer.map(str::to_owned))
        };
        let right = "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=mine";
        assert_eq!(asked(right), Some(Ok("1158201444".to_owned())));
        let wrong = "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=other";
        assert_eq!(asked(wrong), Some(Err(SignatureError::Wrong)));
        assert_eq!(asked("email=a@b.co"), None);
    }
}
