//! Bodies in the forms that publishers send.

use std::convert::Infallible;

use axum::{
    body::Bytes,
    http::{HeaderMap, header},
};
use futures_util::stream;
use multer::Multipart;
use pointsman_lead::Problem;
use pointsman_source::{Accepts, KEYS_MAX, Payload};

use crate::failure::Failure;

/// The form that a media type stands for.
///
/// * `media_type`: in small letters and without parameters.
pub(crate) fn form_of(media_type: &str) -> Option<Accepts> {
    match media_type {
        "application/json" => Some(Accepts::Json),
        "application/x-www-form-urlencoded" => Some(Accepts::Form),
        "multipart/form-data" => Some(Accepts::Multipart),
        _ => None,
    }
}

/// The parts of a form in a body that was read as a whole. Files are not taken.
pub(crate) async fn multipart(headers: &HeaderMap, bytes: &[u8]) -> Result<Payload, Failure> {
    let content_type = headers.get(header::CONTENT_TYPE);
    let content_type = content_type
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let boundary = multer::parse_boundary(content_type);
    let boundary =
        boundary.map_err(|_| Failure::malformed("the `Content-Type` names no boundary"))?;
    let body = Bytes::copy_from_slice(bytes);
    let mut parts = Multipart::new(stream::iter([Ok::<_, Infallible>(body)]), boundary);
    let (mut pairs, mut problems) = (Vec::new(), Vec::new());
    let broken = |_| Failure::malformed("the parts of the form cannot be told apart");
    while let Some(part) = parts.next_field().await.map_err(broken)? {
        if pairs.len() > KEYS_MAX {
            break;
        }
        let name = part.name().map(str::to_owned);
        let file = part.file_name().map(str::to_owned);
        let bytes = part.bytes().await.map_err(broken)?;
        let Some(name) = name else {
            let problem = Problem::new("malformed", "", "a part of the form has no name");
            problems.push(problem.hint("name each part"));
            continue;
        };
        match (file, String::from_utf8(bytes.to_vec())) {
            // A browser sends an empty file where none was chosen.
            (Some(_), Ok(text)) if text.is_empty() => {}
            (Some(_), _) => {
                let message = format!("`{name}` is a file");
                problems
                    .push(Problem::new("unsupported", name, message).hint("a lead holds no files"));
            }
            (None, Ok(text)) => pairs.push((name, text)),
            (None, Err(_)) => {
                let message = format!("`{name}` is not UTF-8");
                problems
                    .push(Problem::new("malformed", name, message).hint("send the form as UTF-8"));
            }
        }
    }
    if problems.is_empty() {
        Payload::from_pairs(pairs).map_err(Failure::problems)
    } else {
        problems.truncate(100);
        Err(Failure::problems(problems))
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, header};

    use super::multipart;

    fn headers(boundary: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let value = format!("multipart/form-data; boundary={boundary}");
        headers.insert(header::CONTENT_TYPE, value.parse().unwrap());
        headers
    }

    #[tokio::test]
    async fn a_form_with_parts_is_read() {
        let body = "--x\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nAda Löwe\r\n\
                    --x\r\nContent-Disposition: form-data; name=\"cv\"; filename=\"\"\r\n\
                    Content-Type: application/octet-stream\r\n\r\n\r\n--x--\r\n";
        let payload = multipart(&headers("x"), body.as_bytes()).await.unwrap();
        assert_eq!(payload.text("name"), Some("Ada Löwe"));
        assert_eq!(payload.text("cv"), None);
        let file = body
            .replace("filename=\"\"", "filename=\"cv.pdf\"")
            .replace("\r\n\r\n\r\n--x--", "\r\n\r\n%PDF\r\n--x--");
        let refused = multipart(&headers("x"), file.as_bytes()).await.unwrap_err();
        assert_eq!(refused.status(), 422);
    }

    #[tokio::test]
    async fn a_form_that_is_broken_is_refused_as_its_senders_mistake() {
        for (boundary, body) in [
            ("x", &b""[..]),
            ("x", b"--x"),
            ("x", b"--x\r\n\r\n"),
            (
                "x",
                b"--y\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--y--",
            ),
            (
                "x",
                b"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\xff\r\n--x--",
            ),
            (
                "x",
                b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--",
            ),
            ("", b"--x"),
        ] {
            let refused = multipart(&headers(boundary), body).await;
            let status = refused.map(|_| ()).unwrap_err().status();
            assert!(status.is_client_error(), "{body:?}");
        }
    }
}
