//! Takes the compression off an answer. We ask for none, and some send it all the same.

use std::io::Read;

use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

/// What an answer's body is packed in, by its `Content-Encoding`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Encoding {
    #[default]
    Plain,
    Gzip,
    Deflate,
    /// One that we do not read.
    Other,
}

impl Encoding {
    /// * `values`: the header's values, in order.
    pub(super) fn parse<'a>(values: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut found = Self::Plain;
        let names = values.flat_map(|value| value.split(|&byte| byte == b','));
        for name in names.map(<[u8]>::trim_ascii) {
            let one = match name.to_ascii_lowercase().as_slice() {
                b"" | b"identity" => continue,
                b"gzip" | b"x-gzip" => Self::Gzip,
                b"deflate" => Self::Deflate,
                _ => Self::Other,
            };
            // Double compression is never sent by accident.
            found = if found == Self::Plain {
                one
            } else {
                Self::Other
            };
        }
        found
    }

    /// The bytes inside, and whether there may be more than these.
    ///
    /// * `bytes`: as much as was read of the packed body.
    /// * `cut`: whether more of it came than was read.
    /// * `bytes_max`: most bytes to unpack, however small they were packed.
    pub(super) fn unpack(self, bytes: Vec<u8>, cut: bool, bytes_max: usize) -> (Vec<u8>, bool) {
        const GZIP: [u8; 2] = [0x1f, 0x8b];
        // The body knows better than its label: no text begins like this, and none is a text that does not.
        let is_gzip = bytes.starts_with(&GZIP);
        match self {
            Self::Plain | Self::Gzip | Self::Deflate if is_gzip => {
                read(MultiGzDecoder::new(bytes.as_slice()), cut, bytes_max)
            }
            Self::Plain | Self::Gzip => (bytes, cut),
            Self::Deflate if bytes.is_empty() => (bytes, cut),
            // Meant to be zlib; some send it without its head.
            Self::Deflate => match read(ZlibDecoder::new(bytes.as_slice()), cut, bytes_max) {
                (inside, true) if inside.is_empty() => {
                    read(DeflateDecoder::new(bytes.as_slice()), cut, bytes_max)
                }
                found => found,
            },
            Self::Other => (Vec::new(), true),
        }
    }
}

/// Reads up to the limit, or up to where it cannot be read any further.
fn read(decoder: impl Read, cut: bool, bytes_max: usize) -> (Vec<u8>, bool) {
    let mut inside = Vec::new();
    let limit = u64::try_from(bytes_max).unwrap_or(u64::MAX);
    let is_broken = decoder
        .take(limit.saturating_add(1))
        .read_to_end(&mut inside)
        .is_err();
    let is_long = inside.len() > bytes_max;
    inside.truncate(bytes_max);
    (inside, cut || is_broken || is_long)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::{
        Compression,
        write::{DeflateEncoder, GzEncoder, ZlibEncoder},
    };

    use super::*;

    const TEXT: &[u8] = br#"{"ok":true}"#;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn label(text: &str) -> Encoding {
        Encoding::parse([text.as_bytes()].into_iter())
    }

    #[test]
    fn what_is_packed_is_unpacked_by_its_label_and_by_its_first_bytes() {
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
        zlib.write_all(TEXT).unwrap();
        let mut raw = DeflateEncoder::new(Vec::new(), Compression::default());
        raw.write_all(TEXT).unwrap();
        for (label_text, packed) in [
            ("gzip", gzip(TEXT)),
            ("X-GZIP, identity", gzip(TEXT)),
            ("", gzip(TEXT)),
            ("deflate", zlib.finish().unwrap()),
            ("deflate", raw.finish().unwrap()),
            ("gzip", TEXT.to_vec()),
            ("identity", TEXT.to_vec()),
        ] {
            let found = label(label_text).unpack(packed, false, 100);
            assert_eq!(found, (TEXT.to_vec(), false), "{label_text}");
        }
        for empty in ["gzip", "deflate", ""] {
            assert_eq!(
                label(empty).unpack(Vec::new(), false, 100),
                (Vec::new(), false)
            );
        }
    }

    #[test]
    fn what_unpacks_to_more_than_is_read_is_cut() {
        let bomb = gzip(&vec![b' '; 4 << 20]);
        assert!(bomb.len() < 16 << 10);
        let (inside, cut) = Encoding::Gzip.unpack(bomb, false, 16 << 10);
        assert_eq!((inside.len(), cut), (16 << 10, true));
    }

    #[test]
    fn what_cannot_be_unpacked_is_a_body_of_which_nothing_was_read() {
        let mut half = gzip(TEXT);
        half.truncate(half.len() / 2);
        assert!(Encoding::Gzip.unpack(half, false, 100).1);
        for other in ["br", "zstd", "gzip, gzip"] {
            let found = label(other).unpack(TEXT.to_vec(), false, 100);
            assert_eq!(found, (Vec::new(), true), "{other}");
        }
    }
}
