//! The names that trackers and networks give the parameters of a postback.
//!
//! All in lower case without separators: `transactionId`, `transaction_id` and `Transaction-ID` are one.

/// Where our click id comes back. A value in the form of our click ids counts under any name.
pub(super) const CLICK_ID: &[&str] = &[
    "clickid",
    "subid",
    "subid1",
    "cid",
    "cnvid",
    "externalid",
    "affclickid",
    "clickref",
    "affsub",
    "affsub1",
    "sub1",
    "s1",
    "s2",
    "transactionid",
];

/// Where the destination's id of the event stands, what names a transaction most surely first.
pub(super) const TXID: &[&str] = &[
    "txid",
    "tid",
    "transactionid",
    "trxid",
    "transid",
    "conversionid",
    "convid",
    "orderid",
    "order",
    "orderref",
    "saleid",
    "invoiceid",
    "paymentid",
    "actionid",
    "eventid",
    "oid",
];

/// Where what we earn stands.
pub(super) const REVENUE: &[&str] = &[
    "payout",
    "cnvpayout",
    "conversionpayout",
    "payoutamount",
    "revenue",
    "commission",
    "amount",
    "rev",
    "sum",
];

/// Where the currency of what we earn stands.
pub(super) const CURRENCY: &[&str] = &[
    "currency",
    "cnvcurrency",
    "payoutcurrency",
    "revenuecurrency",
    "currencycode",
    "cur",
    "curr",
    "ccy",
];

/// Where the destination says when it happened. Not `timestamp`: that is often the time of sending,
/// which is another one at every repetition.
pub(super) const HAPPENED_AT: &[&str] = &[
    "eventtime",
    "eventtimestamp",
    "occurredat",
    "happenedat",
    "conversiontime",
    "conversiontimestamp",
    "convertedat",
];

/// Where a word of an event stands that may be a status, where no status is named as such.
pub(super) const EVENT: &[&str] = &[
    "event",
    "eventname",
    "eventtype",
    "et",
    "type",
    "conversiontype",
    "convtype",
    "action",
    "actiontype",
    "goal",
    "goalname",
    "disposition",
    "result",
    "decision",
    "outcome",
    "resolution",
    "cnvstate",
    "conversionstate",
    STATE,
];

/// Where a status may stand, or the region in which a person lives.
pub(super) const STATE: &str = "state";

/// A name or word in lower case, letters and digits alone.
pub(super) fn canonical(text: &str) -> String {
    text.chars()
        .filter(|char| char.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}
