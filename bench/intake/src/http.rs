//! As much HTTP/1.1 as a load generator and its buyer need: messages with a `Content-Length` on kept connections.

use anyhow::{Context as _, Result, bail};
use tokio::{io::AsyncReadExt as _, net::TcpStream};

/// Largest head and body together, in bytes.
const MESSAGE_BYTES_MAX: usize = 64 * 1024;

/// Reads messages off one connection.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    bytes: Vec<u8>,
    /// How much of `bytes` the last message was.
    taken: usize,
}

/// One message, borrowed from its reader.
#[derive(Debug)]
pub(crate) struct Message<'a> {
    /// Start line and headers.
    pub(crate) head: &'a [u8],
    pub(crate) body: &'a [u8],
}

impl Reader {
    /// The next message; `None` where the other side has closed before its first byte.
    pub(crate) async fn next(&mut self, stream: &mut TcpStream) -> Result<Option<Message<'_>>> {
        self.bytes.drain(..self.taken);
        self.taken = 0;
        let (head_len, body_len) = loop {
            if let Some(head_len) = find(&self.bytes, b"\r\n\r\n").map(|at| at + 4) {
                let body_len = content_length(&self.bytes[..head_len])?;
                if self.bytes.len() >= head_len + body_len {
                    break (head_len, body_len);
                }
            }
            if self.bytes.len() > MESSAGE_BYTES_MAX {
                bail!("a message is longer than {MESSAGE_BYTES_MAX} bytes");
            }
            self.bytes.reserve(4_096);
            if stream.read_buf(&mut self.bytes).await? == 0 {
                if self.bytes.is_empty() {
                    return Ok(None);
                }
                bail!("a connection ended in the middle of a message");
            }
        };
        self.taken = head_len + body_len;
        let (head, rest) = self.bytes.split_at(head_len);
        Ok(Some(Message {
            head,
            body: &rest[..body_len],
        }))
    }
}

impl Message<'_> {
    /// The status of an answer.
    pub(crate) fn status(&self) -> Option<u16> {
        let digits = self.head.get(9..12)?;
        std::str::from_utf8(digits).ok()?.parse().ok()
    }
}

fn content_length(head: &[u8]) -> Result<usize> {
    let name = b"\r\ncontent-length:";
    let Some(at) = head
        .windows(name.len())
        .position(|it| it.eq_ignore_ascii_case(name))
    else {
        return Ok(0);
    };
    let rest = &head[at + name.len()..];
    let end = find(rest, b"\r").unwrap_or(rest.len());
    let text = std::str::from_utf8(&rest[..end]).unwrap_or_default();
    text.trim()
        .parse()
        .with_context(|| format!("`{text}` is no content length"))
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|it| it == what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_found_in_any_case() {
        let head = b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n";
        assert_eq!(content_length(head).unwrap(), 12);
        assert_eq!(content_length(b"HTTP/1.1 204 No\r\n\r\n").unwrap(), 0);
    }
}
