//! How to post to each buyer: the target documents to register.

use serde_json::{Value, json};

/// What every buyer lets in.
pub(super) const KEY: &str = "demo-key-1";

/// The delivery target of one buyer at an address.
pub(super) fn json(name: &str, url: &str) -> Value {
    let mut target = match name {
        "acme" => acme(),
        "zenith" => zenith(),
        "harbor" => harbor(),
        "meridian" => meridian(),
        _ => lakeside(),
    };
    target["url"] = url.into();
    target
}

fn acme() -> Value {
    json!({
        "headers": {"X-Api-Key": "{{secret.api_key}}"},
        "secrets": {"api_key": KEY},
        "timeout_ms": 2_000,
        "body": {
            "lead_id": "{{lead_id}}", "click_id": "{{click_id}}", "external_id": "{{sub_id_5}}",
            "state": "{{lead.state}}", "credit": "{{lead.credit}}", "age": "{{lead.age}}",
            "home_owner": "{{lead.home_owner}}", "phone": "{{lead.phone}}", "email": "{{lead.email}}",
            "name": "{{lead.first_name}} {{lead.last_name}}",
        },
        "response": {"accepted": [{"status": 202}], "reason": "$.reason"},
    })
}

fn zenith() -> Value {
    json!({
        "format": "form",
        "secrets": {"key": KEY},
        "timeout_ms": 2_000,
        "body": {
            "key": "{{secret.key}}", "lead_id": "{{lead_id}}", "click_id": "{{click_id}}",
            "ref": "{{sub_id_5}}", "state": "{{lead.state}}", "phone": "{{lead.phone | last 10}}",
            "email": "{{lead.email}}", "first": "{{lead.first_name}}", "last": "{{lead.last_name}}",
        },
        "response": {
            "accepted": [{"path": "$.success", "equals": 1}],
            "rejected": [{"path": "$.success", "equals": 0}],
            "reason": "$.error",
        },
    })
}

fn harbor() -> Value {
    json!({
        "headers": {"Authorization": "Bearer {{secret.token}}"},
        "secrets": {"token": KEY},
        "timeout_ms": 2_000,
        "body": {
            "person": {
                "phone": "{{lead.phone}}", "email": "{{lead.email}}",
                "postal_code": "{{lead.postal_code}}", "credit": "{{lead.credit}}",
                "insured": "{{lead.currently_insured}}",
            },
            "tracking": {
                "lead_id": "{{lead_id}}", "click_id": "{{click_id}}", "ref": "{{sub_id_5}}",
                "source": "{{source}}",
            },
        },
        "response": {
            "accepted": [{"status": 201, "path": "$.result.ok", "equals": true}],
            "reason": "$.error",
        },
    })
}

fn meridian() -> Value {
    json!({
        "method": "GET",
        "format": "query",
        "secrets": {"token": KEY},
        "timeout_ms": 2_000,
        "body": {
            "token": "{{secret.token}}", "lead": "{{lead_id}}", "sub": "{{click_id}}",
            "ref": "{{sub_id_5}}", "st": "{{lead.state}}", "zip": "{{lead.postal_code}}",
            "cr": "{{lead.credit}}", "age": "{{lead.age}}",
        },
        "response": {
            "split": "|",
            "accepted": [{"path": "$[0]", "equals": "ACCEPTED"}],
            "rejected": [{"path": "$[0]", "one_of": ["REJECTED", "ERROR"]}],
            "price": "$[1]", "redirect_url": "$[2]", "reason": "$[1]",
        },
    })
}

fn lakeside() -> Value {
    json!({
        "timeout_ms": 1_000,
        "body": {
            "lead_id": "{{lead_id}}", "transaction_id": "{{click_id}}", "ref": "{{sub_id_5}}",
            "applicant": {
                "phone": "{{lead.phone}}", "email": "{{lead.email}}", "state": "{{lead.state}}",
                "owns_home": "{{lead.home_owner}}", "credit": "{{lead.credit}}",
            },
        },
        "response": {
            "accepted": [{"path": "$.status", "equals": "accepted"}],
            "rejected": [{"path": "$.status", "equals": "declined"}],
            "reason": "$.reason",
        },
    })
}
