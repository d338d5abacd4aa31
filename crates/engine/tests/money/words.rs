//! Trackers' own names and words, from the parameters of a postback to the money of a lead.

use pointsman_engine::PostbackOutcome::Applied;
use pointsman_store::LeadStatus::{Returned, Sold};
use serde_json::json;

use crate::platform::Platform;

#[tokio::test(flavor = "multi_thread")]
async fn a_status_under_any_name_is_no_sale_by_oversight() {
    let mut platform = Platform::open(1, json!({"pays": "conversion"})).await;
    for (query, expected) in [
        ("cnv_id=CLICK&payout=10&cnv_status=rejected", (0, Returned)),
        ("cnv_id=CLICK&payout=10&cnv_status=trash", (0, Returned)),
        ("cnv_id=CLICK&payout=10&cnv_status=approve", (1_000, Sold)),
        ("aff_sub=CLICK&transaction_id=102f&payout=3", (300, Sold)),
        ("click_id=CLICK&status=reg&payout=3", (0, Sold)),
        ("click_id=CLICK&status=deposit&payout=3", (300, Sold)),
        (
            "subid=CLICK&status=billed&sale_status=billed,shipped&payout=3",
            (300, Sold),
        ),
    ] {
        let (sold, click) = platform.sold("{}").await;
        let query = query.replace("CLICK", &click);
        assert_eq!(platform.report(&query).await, Ok(Applied), "{query}");
        assert_eq!(platform.earned(&sold.lead_id).await, expected, "{query}");
    }
    let (sold, click) = platform.sold("{}").await;
    for query in [
        "payout=10&event=refund",
        "payout=10&deal_status=maybe",
        "payout=10&status=",
    ] {
        let refused = platform.report(&format!("click_id={click}&{query}")).await;
        assert!(refused.is_err(), "{query}");
    }
    assert_eq!(platform.earned(&sold.lead_id).await, (0, Sold));
}
