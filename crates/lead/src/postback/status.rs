//! What a postback says about the money, in the words of the field.
//!
//! A status that is not understood, or that stands under a name of its own, refuses the postback: it
//! must never be taken for a sale because it was overlooked.

use std::collections::BTreeSet;

use super::{
    Param, TEXT_BYTES_MAX,
    names::{self, canonical},
    shown,
};
use crate::{ConversionKind as Kind, Problem};

/// What was said, and the word for it.
pub(super) struct Said {
    pub(super) kind: Kind,
    pub(super) word: String,
}

const PENDING: &[&str] = &[
    "lead",
    "hold",
    "onhold",
    "held",
    "pending",
    "2",
    "5",
    "waiting",
    "wait",
    "new",
    "open",
    "created",
    "received",
    "unconfirmed",
    "processing",
    "inprogress",
    "review",
    "inreview",
    "reg",
    "register",
    "registered",
    "registration",
    "signup",
    "install",
    "trial",
];
const SALE: &[&str] = &[
    "sale",
    "sold",
    "approve",
    "approved",
    "confirm",
    "confirmed",
    "convert",
    "converted",
    "conversion",
    "paid",
    "pay",
    "payment",
    "payable",
    "billed",
    "settled",
    "deposit",
    "dep",
    "ftd",
    "firstdeposit",
    "purchase",
    "order",
    "success",
    "successful",
    "accept",
    "accepted",
    "valid",
    "validated",
    "qualified",
    "complete",
    "completed",
    "funded",
    "won",
    "closedwon",
    "signed",
    "1",
];
const REBILL: &[&str] = &[
    "rebill",
    "rebilled",
    "recurring",
    "renew",
    "renewal",
    "renewed",
    "upsell",
    "redeposit",
    "redep",
    "repeat",
];
const DECLINED: &[&str] = &[
    "decline",
    "declined",
    "disapprove",
    "disapproved",
    "unapproved",
    "3",
];
const CANCELLED: &[&str] = &[
    "reject",
    "rejected",
    "rejection",
    "cancel",
    "cancelled",
    "canceled",
    "cancellation",
    "void",
    "voided",
    "trash",
    "trashed",
    "spam",
    "fraud",
    "fraudulent",
    "fake",
    "invalid",
    "invalidated",
    "return",
    "returned",
    "refuse",
    "refused",
    "deny",
    "denied",
    "dead",
    "lost",
    "closedlost",
    "fail",
    "failed",
    "failure",
    "unqualified",
    "notqualified",
    "disqualified",
    "bad",
    "duplicate",
    "expired",
    "nosale",
    "notsold",
    "unpaid",
];
const REFUNDED: &[&str] = &[
    "refund",
    "refunded",
    "partialrefund",
    "partiallyrefunded",
    "fullrefund",
    "fullyrefunded",
    "chargeback",
    "chargedback",
    "clawback",
    "reversal",
    "reversed",
    "moneyback",
];

/// Words that take money back and mean nothing else, wherever they stand.
const UNMISTAKABLE: &[&str] = &[
    "reject",
    "rejected",
    "decline",
    "declined",
    "disapproved",
    "cancel",
    "cancelled",
    "canceled",
    "trash",
    "trashed",
    "fraud",
    "refund",
    "refunded",
    "chargeback",
    "chargedback",
    "clawback",
    "reversal",
    "reversed",
    "returned",
    "voided",
];

/// Names under which an address says which of its own words mean what, apart by commas, such as
/// `sale_status=billed,shipped`.
const MAPS: &[(&str, Kind)] = &[
    ("leadstatus", Kind::Pending),
    ("holdstatus", Kind::Pending),
    ("pendingstatus", Kind::Pending),
    // Kept, and without effect on money.
    ("ignorestatus", Kind::Pending),
    ("salestatus", Kind::Sale),
    ("approvedstatus", Kind::Sale),
    ("rebillstatus", Kind::Rebill),
    ("declinedstatus", Kind::Declined),
    ("rejectedstatus", Kind::Cancelled),
    ("cancelledstatus", Kind::Cancelled),
    ("trashstatus", Kind::Cancelled),
    ("refundedstatus", Kind::Refunded),
];

/// What trackers and networks of this field mean by a word; `None` for words of no known meaning.
fn meaning(word: &str) -> Option<Kind> {
    let word = canonical(word);
    let lists = [
        (PENDING, Kind::Pending),
        (SALE, Kind::Sale),
        (REBILL, Kind::Rebill),
        (DECLINED, Kind::Declined),
        (CANCELLED, Kind::Cancelled),
        (REFUNDED, Kind::Refunded),
    ];
    lists
        .into_iter()
        .find(|(words, _)| words.contains(&word.as_str()))
        .map(|(_, kind)| kind)
}

/// Reads the status, and refuses what looks like another one.
pub(super) fn read(params: &[Param<'_>], problems: &mut Vec<Problem>) -> Said {
    let n_before = problems.len();
    let mut read = BTreeSet::new();
    let said = explicit(params, &mut read, problems);
    let is_explicit = said.is_some();
    let said = said.unwrap_or(Said {
        kind: Kind::Sale,
        word: "sale".to_owned(),
    });
    // Of a status that is not understood, one problem is enough.
    if problems.len() == n_before && !takes_back(said.kind) {
        let overlooked = params.iter().filter(|param| !read.contains(param.name));
        let overlooked = overlooked.filter(|param| is_overlooked(param, is_explicit));
        problems.extend(overlooked.map(|param| {
            let (name, value) = (shown(param.name), shown(param.value));
            let message = format!("`{name}={value}` looks like a status, and is not read as one");
            Problem::new("unread_status", param.name, message)
                .hint("send what it says as `status`; pending, sale, rebill, declined, rejected and refunded are known")
        }));
    }
    said
}

/// The status that is named as such: `status` itself, or whatever has the word in its name. `state` is one where its
/// value is a word of a status: no region is called so. A number there may be that of a region.
fn explicit<'a>(
    params: &[Param<'a>],
    read: &mut BTreeSet<&'a str>,
    problems: &mut Vec<Problem>,
) -> Option<Said> {
    let named = |param: &&Param<'_>| param.canonical == "status";
    let main = params.iter().find(named).or_else(|| {
        let is_main = |param: &&Param<'_>| {
            matches!(
                param.canonical.as_str(),
                "cnvstatus" | "conversionstatus" | "convstatus" | "eventstatus"
            )
        };
        params.iter().find(is_main)
    });
    if let Some(main) = main {
        read.insert(main.name);
        read.extend(maps(params).map(|(param, _)| param.name));
        let kind = mapped(params, main.value).or_else(|| meaning(main.value));
        return Some(understood(main, kind, problems));
    }
    let mut found: Option<Said> = None;
    let is_status = |param: &&Param<'_>| {
        let is_state = param.canonical == names::STATE && param.value.contains(char::is_alphabetic);
        param.canonical.contains("status") || (is_state && meaning(param.value).is_some())
    };
    for param in params.iter().filter(is_status) {
        read.insert(param.name);
        let said = understood(param, meaning(param.value), problems);
        match &found {
            Some(other) if other.kind != said.kind => {
                let (one, another) = (shown(&other.word), shown(&said.word));
                let message = format!("`{one}` and `{another}` are two statuses");
                let problem = Problem::new("ambiguous_status", param.name, message);
                problems.push(problem.hint("send the one that counts as `status`"));
            }
            _ => found = Some(said),
        }
    }
    found
}

fn understood(param: &Param<'_>, kind: Option<Kind>, problems: &mut Vec<Problem>) -> Said {
    let fits = param.value.len() <= TEXT_BYTES_MAX && !param.value.chars().any(char::is_control);
    let kind = kind.filter(|_| fits).unwrap_or_else(|| {
        let message = format!("`{}` is no status", shown(param.value));
        let hint = "use pending, sale, rebill, declined, rejected or refunded, or say in the address what your own words mean, such as sale_status=billed,shipped";
        problems.push(Problem::new("unknown_status", param.name, message).hint(hint));
        Kind::Pending
    });
    Said {
        kind,
        word: param.value.to_owned(),
    }
}

/// What the address says that its words mean.
fn maps<'p, 'a>(params: &'p [Param<'a>]) -> impl Iterator<Item = (&'p Param<'a>, Kind)> {
    params.iter().filter_map(|param| {
        let map = MAPS.iter().find(|(name, _)| *name == param.canonical);
        Some((param, map?.1))
    })
}

fn mapped(params: &[Param<'_>], word: &str) -> Option<Kind> {
    let word = canonical(word);
    let mut kinds = maps(params).filter(|(param, _)| {
        param
            .value
            .split(',')
            .any(|listed| !word.is_empty() && canonical(listed) == word)
    });
    kinds.next().map(|(_, kind)| kind)
}

fn takes_back(kind: Kind) -> bool {
    matches!(kind, Kind::Declined | Kind::Cancelled | Kind::Refunded)
}

/// Whether a parameter that nothing reads may say that this is no sale.
///
/// * `is_explicit`: whether a status was read elsewhere. Then only what takes money back contradicts it.
fn is_overlooked(param: &Param<'_>, is_explicit: bool) -> bool {
    let value = canonical(param.value);
    let name = param
        .canonical
        .strip_prefix("is")
        .unwrap_or(&param.canonical);
    let unmistakable = |word: &str| UNMISTAKABLE.contains(&word);
    if unmistakable(&value) {
        return true;
    }
    let is_yes = matches!(value.as_str(), "1" | "true" | "yes" | "y");
    let is_no = matches!(value.as_str(), "0" | "false" | "no" | "n");
    if unmistakable(name) && is_yes {
        return true;
    }
    let is_approval = matches!(
        name,
        "approved" | "confirmed" | "accepted" | "valid" | "paid" | "success"
    );
    if is_approval && is_no {
        return true;
    }
    let is_event = names::EVENT.contains(&param.canonical.as_str())
        || (is_explicit && param.canonical.contains("status"));
    // Goals and types are often numbers of the tracker's own.
    let is_word = value.contains(char::is_alphabetic);
    is_event
        && is_word
        && match meaning(param.value) {
            Some(Kind::Declined | Kind::Cancelled | Kind::Refunded) => true,
            Some(Kind::Pending | Kind::Rebill) => !is_explicit,
            // No word means these.
            Some(Kind::Sale | Kind::Returned | Kind::Reinstated) | None => false,
        }
}
