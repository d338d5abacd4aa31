//! The web console over HTTP: its page, its files, and the sessions of browsers.

use pointsman_api::ApiOptions;
use pointsman_control::{Role, SESSION_DURATION};
use pointsman_history::ManualClock;
use pointsman_lead::Timestamp;
use serde_json::{Value, json};

use crate::site::{Answer, Site};

const BROWSER: &str = "Accept: text/html,application/xhtml+xml,*/*;q=0.8";
const OWN_PAGE: &str = "Sec-Fetch-Site: same-origin";
const JSON: &str = "Content-Type: application/json";

/// Signs in, and gives the answer.
async fn sign_in(site: &Site, token: &str, headers: &[&str]) -> Answer {
    let headers = [&[JSON], headers].concat();
    let body = json!({ "token": token }).to_string();
    site.send("POST /v1/session", &headers, body.as_bytes())
        .await
}

/// The cookie that an answer sets, as a browser sends it back.
fn cookie_of(answer: &Answer) -> String {
    let set = &answer.headers["set-cookie"];
    format!("Cookie: {}", set.split(';').next().unwrap())
}

/// A session of a role.
async fn session(site: &Site, role: &str) -> String {
    let answer = sign_in(site, site.token(role), &[OWN_PAGE]).await;
    assert_eq!(answer.status, 204, "{}", answer.text);
    cookie_of(&answer)
}

/// Who a request with these headers is.
async fn viewer(site: &Site, headers: &[&str]) -> Result<Value, u16> {
    let headers = [&[JSON], headers].concat();
    let body = json!({ "query": "{ viewer { role can } }" }).to_string();
    let answer = site.send("POST /graphql", &headers, body.as_bytes()).await;
    if answer.status == 200 {
        Ok(answer.json()["data"]["viewer"].clone())
    } else {
        Err(answer.status)
    }
}

#[tokio::test]
async fn a_browser_gets_the_page_at_any_address_of_a_screen() {
    let site = Site::open().await;
    for path in [
        "/",
        "/login",
        "/flows/auto-insurance",
        "/leads/lead_0?step=2",
    ] {
        let answer = site.send(&format!("GET {path}"), &[BROWSER], b"").await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.headers["content-type"], "text/html; charset=utf-8");
        assert_eq!(answer.headers["cache-control"], "no-cache");
        assert!(answer.text.contains("/_console/"), "{}", answer.text);
    }
}

#[tokio::test]
async fn a_client_of_the_api_never_gets_the_page() {
    let site = Site::open().await;
    for path in ["/", "/v2/leads", "/flows"] {
        let answer = site
            .send(&format!("GET {path}"), &["Accept: */*"], b"")
            .await;
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(answer.headers["content-type"], "application/problem+json");
    }
    for path in ["/v1/nowhere", "/graphiql", "/metrics/x", "/_console/x"] {
        let answer = site.send(&format!("GET {path}"), &[BROWSER], b"").await;
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(answer.headers["content-type"], "application/problem+json");
    }
    let posted = site.send("POST /flows", &[BROWSER], b"").await;
    assert_eq!(posted.status, 405);
}

#[tokio::test]
async fn the_page_loads_nothing_but_files_of_its_own() {
    let site = Site::open().await;
    let answer = site.send("GET /", &[BROWSER], b"").await;
    let policy = &answer.headers["content-security-policy"];
    assert!(
        policy.starts_with("default-src 'none'; script-src 'self';"),
        "{policy}"
    );
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    assert_eq!(answer.headers["referrer-policy"], "same-origin");
    assert_eq!(answer.headers["cross-origin-opener-policy"], "same-origin");
    assert!(answer.headers["permissions-policy"].contains("camera=()"));
}

#[tokio::test]
async fn a_file_is_for_ever_the_same_at_its_address() {
    let site = Site::open().await;
    let hash = pointsman_console::hash();
    let script = format!("/_console/{hash}/app.js");
    let answer = site.send(&format!("GET {script}"), &[], b"").await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.headers["content-type"],
        "text/javascript; charset=utf-8"
    );
    assert!(answer.headers["cache-control"].contains("immutable"));
    assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    let known = format!("If-None-Match: {}", answer.headers["etag"]);
    let again = site.send(&format!("GET {script}"), &[&known], b"").await;
    assert_eq!((again.status, again.text.as_str()), (304, ""));
    let gzip = "Accept-Encoding: gzip, br";
    let head = site.send(&format!("HEAD {script}"), &[gzip], b"").await;
    assert_eq!(head.status, 200);
    assert_eq!(head.headers["content-encoding"], "gzip");
    let small: usize = head.headers["content-length"].parse().unwrap();
    assert!(small < answer.text.len() / 2, "{small}");
    for gone in [
        format!("/_console/{}/app.js", "0".repeat(16)),
        format!("/_console/{hash}/gone.js"),
        format!("/_console/{hash}/index.html"),
        format!("/_console/{hash}/..%2Findex.html"),
    ] {
        let answer = site.send(&format!("GET {gone}"), &[BROWSER], b"").await;
        assert_eq!(answer.status, 404, "{gone}");
        assert!(!answer.text.contains("<html"), "{gone}");
    }
}

#[tokio::test]
async fn a_token_becomes_a_session_that_no_script_can_read() {
    let site = Site::open().await;
    let answer = sign_in(&site, site.token("analyst"), &[OWN_PAGE]).await;
    assert_eq!((answer.status, answer.text.as_str()), (204, ""));
    let set = &answer.headers["set-cookie"];
    for attribute in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200"] {
        assert!(set.contains(attribute), "{set}");
    }
    assert!(!set.contains(site.token("analyst")), "{set}");
    assert!(!set.contains("Secure"), "{set}");
    assert_eq!(answer.headers["cache-control"], "no-store");
    let cookie = cookie_of(&answer);
    let seen = viewer(&site, &[&cookie, OWN_PAGE]).await.unwrap();
    assert_eq!(seen, json!({ "role": "ANALYST", "can": ["READ"] }));
    // Each sign-in is a session of its own.
    assert_ne!(session(&site, "analyst").await, cookie);
}

#[tokio::test]
async fn who_may_not_sign_in_is_told_why() {
    let site = Site::open().await;
    let wrong = sign_in(&site, "pm_analyst_wrong", &[OWN_PAGE]).await;
    assert_eq!(wrong.status, 401);
    assert_eq!(wrong.problems(), ["unauthenticated token"]);
    assert!(!wrong.headers.contains_key("set-cookie"));
    let postback = sign_in(&site, site.token("postback"), &[OWN_PAGE]).await;
    assert_eq!(postback.status, 403);
    let missing = site
        .send("POST /v1/session", &[JSON, OWN_PAGE], b"{}")
        .await;
    assert_eq!(
        (missing.status, missing.problems()),
        (422, vec!["missing_member token".to_owned()])
    );
    let text = site
        .send(
            "POST /v1/session",
            &["Content-Type: text/plain", OWN_PAGE],
            b"{}",
        )
        .await;
    assert_eq!(text.status, 415);
}

#[tokio::test]
async fn a_page_of_another_site_can_use_no_session() {
    let site = Site::open().await;
    let cookie = session(&site, "admin").await;
    let own_origin = format!("Origin: http://{}", site.address);
    assert!(viewer(&site, &[&cookie, &own_origin]).await.is_ok());
    for foreign in [
        &[][..],
        &["Sec-Fetch-Site: cross-site"],
        &["Sec-Fetch-Site: same-site"],
        &["Origin: http://evil.test"],
        &["Origin: null"],
    ] {
        let headers = [&[cookie.as_str()], foreign].concat();
        assert_eq!(viewer(&site, &headers).await, Err(403), "{foreign:?}");
        let signed_in = sign_in(&site, site.token("admin"), foreign).await;
        assert_eq!(
            signed_in.problems(),
            ["foreign_origin Origin"],
            "{foreign:?}"
        );
        let signed_out = site.send("DELETE /v1/session", &headers, b"").await;
        assert_eq!(signed_out.status, 403, "{foreign:?}");
    }
    // A token in a header is no cookie, and comes from wherever it likes.
    let bearer = format!("Authorization: Bearer {}", site.token("admin"));
    assert!(
        viewer(&site, &[&bearer, "Origin: http://evil.test"])
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn a_session_ends_with_its_token_with_signing_out_and_with_time() {
    let site = Site::open().await;
    let (first, second) = (
        session(&site, "editor").await,
        session(&site, "editor").await,
    );
    let out = site
        .send("DELETE /v1/session", &[&first, OWN_PAGE], b"")
        .await;
    assert_eq!(out.status, 204);
    assert!(out.headers["set-cookie"].contains("Max-Age=0"));
    assert_eq!(viewer(&site, &[&first, OWN_PAGE]).await, Err(401));
    assert!(viewer(&site, &[&second, OWN_PAGE]).await.is_ok());
    let control = &site.platform.control;
    let principal = control.authenticate(site.token("editor")).await.unwrap();
    control
        .revoke_token(principal.unwrap().id.unwrap())
        .await
        .unwrap();
    assert_eq!(viewer(&site, &[&second, OWN_PAGE]).await, Err(401));
    assert_eq!(
        sign_in(&site, site.token("editor"), &[OWN_PAGE])
            .await
            .status,
        401
    );
    // One that nobody has made.
    let made_up = "Cookie: pointsman_session=pm_session_0";
    assert_eq!(viewer(&site, &[made_up, OWN_PAGE]).await, Err(401));
}

#[tokio::test]
async fn a_session_lasts_twelve_hours() {
    let begun = Timestamp(1_764_331_200_000_000);
    let clock = ManualClock::new(begun);
    let site = Site::at(ApiOptions::default(), (&clock).into()).await;
    let cookie = session(&site, "analyst").await;
    let lasts = i64::try_from(SESSION_DURATION.as_micros()).unwrap();
    clock.set(Timestamp(begun.0 + lasts - 1));
    let secret = cookie.split_once("session=").unwrap().1;
    let find = || site.platform.control.find_session(secret);
    assert!(find().await.unwrap().is_some());
    clock.set(Timestamp(begun.0 + lasts));
    // What was remembered of it is forgotten within a second.
    site.platform.control.end_session("another").await.unwrap();
    assert_eq!(find().await.unwrap(), None);
    assert_eq!(viewer(&site, &[&cookie, OWN_PAGE]).await, Err(401));
}

#[tokio::test]
async fn a_session_counts_on_graphql_alone() {
    let site = Site::open().await;
    let cookie = session(&site, "admin").await;
    let lead = json!({ "flow": crate::site::FLOW, "fields": { "state": "CA" }, "source": "web" });
    let headers = [JSON, OWN_PAGE, cookie.as_str()];
    let answer = site
        .send("POST /v1/leads", &headers, lead.to_string().as_bytes())
        .await;
    assert_eq!(answer.status, 401);
    assert_eq!(site.n_leads().await, 0);
}

#[tokio::test]
async fn behind_https_the_cookie_is_sent_by_https_alone() {
    let options = ApiOptions {
        public_url: Some("https://leads.test".parse().unwrap()),
        ..ApiOptions::default()
    };
    let site = Site::with(options).await;
    let origin = "Origin: https://leads.test";
    let answer = sign_in(&site, site.token("admin"), &[origin]).await;
    let set = &answer.headers["set-cookie"];
    assert!(set.starts_with("__Host-pointsman_session="), "{set}");
    assert!(set.ends_with("; Secure"), "{set}");
    assert!(viewer(&site, &[&cookie_of(&answer), origin]).await.is_ok());
    let plain = format!("Origin: http://{}", site.address);
    assert_eq!(
        sign_in(&site, site.token("admin"), &[&plain]).await.status,
        403
    );
}

#[tokio::test]
async fn an_open_server_needs_no_session_and_says_so() {
    let options = ApiOptions {
        open: Some(Role::Admin),
        ..ApiOptions::default()
    };
    let site = Site::with(options).await;
    let stale = "Cookie: pointsman_session=pm_session_0";
    assert!(viewer(&site, &[stale, OWN_PAGE]).await.is_ok());
    let about = site
        .ask("", "{ about { isOpen consoleHash version } }", json!({}))
        .await;
    assert_eq!(
        about["about"],
        json!({
            "isOpen": true,
            "consoleHash": pointsman_console::hash(),
            "version": env!("CARGO_PKG_VERSION"),
        })
    );
}
