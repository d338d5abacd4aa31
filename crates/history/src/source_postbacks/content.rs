//! What a postback is made of, as it is stored.

use pointsman_source::{PostbackRequest, PostbackValues, SourcePostback};
use serde::{Deserialize, Serialize};

/// A postback as its source had it when something happened, and what its macros stand for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct PostbackContent {
    pub(crate) postback: SourcePostback,
    pub(crate) values: PostbackValues,
}

impl PostbackContent {
    /// The request that tells of it.
    ///
    /// * `token`: what the tracker knows us by; `None` leaves the macro as it stands.
    pub(crate) fn request(&self, token: Option<&str>) -> PostbackRequest {
        self.postback.request(&self.values, token)
    }
}
