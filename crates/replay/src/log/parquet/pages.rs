//! Pages of a column, looked at before they are decoded: what the decoders take for granted is checked here.

use ::parquet::{
    basic::{Encoding, Type as Physical},
    column::page::{Page, PageMetadata, PageReader},
    errors::{ParquetError, Result},
    schema::types::ColumnDescPtr,
};

/// Bytes in front of levels and truths that say how many follow.
const LENGTH_BYTES: usize = 4;

/// Hands pages on that the decoders can take; any other is an error.
pub(super) struct CheckedPages {
    pub(super) pages: Box<dyn PageReader>,
    pub(super) column: ColumnDescPtr,
    pub(super) has_dictionary: bool,
}

impl PageReader for CheckedPages {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        let Some(page) = self.pages.get_next_page()? else {
            return Ok(None);
        };
        self.check(&page)?;
        Ok(Some(
            if self.column.physical_type() == Physical::BYTE_ARRAY {
                with_end(page)
            } else {
                page
            },
        ))
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.pages.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.pages.skip_next_page()
    }

    fn at_record_boundary(&mut self) -> Result<bool> {
        self.pages.at_record_boundary()
    }
}

impl Iterator for CheckedPages {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

impl CheckedPages {
    fn check(&mut self, page: &Page) -> Result<()> {
        let (encoding, values) = match page {
            Page::DictionaryPage { buf, .. } => {
                self.has_dictionary = true;
                (Encoding::PLAIN, buf.as_ref())
            }
            Page::DataPage {
                buf,
                num_values,
                encoding,
                def_level_encoding,
                rep_level_encoding,
                statistics: _,
            } => {
                let (definition, repetition) =
                    (self.column.max_def_level(), self.column.max_rep_level());
                let rest = behind_levels(buf, repetition, *rep_level_encoding, *num_values)?;
                let rest = behind_levels(rest, definition, *def_level_encoding, *num_values)?;
                (*encoding, rest)
            }
            Page::DataPageV2 {
                buf,
                encoding,
                def_levels_byte_len,
                rep_levels_byte_len,
                ..
            } => {
                let levels = def_levels_byte_len.checked_add(*rep_levels_byte_len);
                let rest = levels
                    .and_then(|levels| buf.get(usize::try_from(levels).ok()?..))
                    .ok_or_else(cut)?;
                (*encoding, rest)
            }
        };
        let physical = self.column.physical_type();
        let is_truth = physical == Physical::BOOLEAN;
        match encoding {
            Encoding::PLAIN if physical == Physical::BYTE_ARRAY => check_texts(values),
            Encoding::RLE if !is_truth || values.len() < LENGTH_BYTES => Err(cut()),
            Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY if !self.has_dictionary => Err(
                ParquetError::General("a page needs a dictionary that is not there".to_owned()),
            ),
            _ => Ok(()),
        }
    }
}

/// Each text stands behind its length, and the last one ends with the page.
fn check_texts(mut bytes: &[u8]) -> Result<()> {
    while !bytes.is_empty() {
        let (length, rest) = bytes.split_first_chunk::<LENGTH_BYTES>().ok_or_else(cut)?;
        let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| cut())?;
        bytes = rest.get(length..).ok_or_else(cut)?;
    }
    Ok(())
}

/// A page of texts with a length behind it that no page has.
///
/// Plain texts stand behind their lengths, and the decoder reads one for every text that it expects: where there are fewer, it is this one.
fn with_end(mut page: Page) -> Page {
    match &mut page {
        // Places in a dictionary, or lengths and texts apart: their decoders count for themselves.
        Page::DataPage { encoding, .. } | Page::DataPageV2 { encoding, .. }
            if *encoding != Encoding::PLAIN => {}
        Page::DataPage { buf, .. }
        | Page::DataPageV2 { buf, .. }
        | Page::DictionaryPage { buf, .. } => {
            *buf = [buf, [0xff; LENGTH_BYTES].as_slice()].concat().into();
        }
    }
    page
}

/// What follows the levels of one kind in a page.
///
/// * `max_level`: where it is 0 there are no levels.
fn behind_levels(bytes: &[u8], max_level: i16, encoding: Encoding, n_values: u32) -> Result<&[u8]> {
    if max_level == 0 {
        return Ok(bytes);
    }
    let n_bytes = if encoding == Encoding::RLE {
        let length = bytes.first_chunk::<LENGTH_BYTES>().ok_or_else(cut)?;
        u64::from(u32::from_le_bytes(*length)) + LENGTH_BYTES as u64
    } else {
        let bits = u64::from(16 - max_level.cast_unsigned().leading_zeros());
        (u64::from(n_values) * bits).div_ceil(8)
    };
    let n_bytes = usize::try_from(n_bytes).map_err(|_| cut())?;
    bytes.get(n_bytes..).ok_or_else(cut)
}

fn cut() -> ParquetError {
    ParquetError::General("a page ends before its values do".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_do_not_end_with_their_page_are_an_error() {
        let sound = [1, 0, 0, 0, b'a', 0, 0, 0, 0];
        assert!(check_texts(&sound).is_ok());
        for n_bytes in [1, 3, 4, 6, 8] {
            assert!(check_texts(&sound[..n_bytes]).is_err(), "{n_bytes}");
        }
        assert!(check_texts(&[255; 8]).is_err());
    }

    #[test]
    fn levels_that_are_longer_than_their_page_are_an_error() {
        let rle = |bytes: &'static [u8]| behind_levels(bytes, 1, Encoding::RLE, 8);
        assert_eq!(rle(&[2, 0, 0, 0, 9, 9, 7]).unwrap(), [7]);
        assert_eq!(behind_levels(&[7], 0, Encoding::RLE, 8).unwrap(), [7]);
        for bytes in [&[][..], &[1, 0, 0], &[3, 0, 0, 0, 9, 9], &[255; 6]] {
            assert!(rle(bytes).is_err(), "{bytes:?}");
        }
        let packed = |n_values| behind_levels(&[1, 2, 3], 3, Encoding::BYTE_STREAM_SPLIT, n_values);
        assert_eq!(packed(8).unwrap(), [3]);
        assert!(packed(13).is_err());
        assert!(packed(u32::MAX).is_err());
    }
}
