//! The checker finds each violation that is planted into a history in which it finds nothing.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

mod history;

use history::History;

/// Plants something by SQL, and says what the checker must find.
async fn found_after(sql: &str) -> Vec<&'static str> {
    let history = History::honest().await;
    history.execute(sql).await;
    history.codes().await
}

/// The same by lines that a file gets.
async fn found_after_line(file: &str, line: &str) -> Vec<&'static str> {
    let history = History::honest().await;
    history.write(file, line);
    history.codes().await
}

#[tokio::test]
async fn in_an_honest_history_nothing_is_found_and_everything_is_looked_at() {
    let report = History::honest().await.report().await;
    assert!(report.violations.is_empty(), "{:?}", report.violations);
    let counts = report.counts;
    assert_eq!(
        (counts.leads, counts.acknowledged, counts.decisions),
        (4, 5, 4)
    );
    assert_eq!((counts.deliveries, counts.accepted, counts.held), (5, 2, 1));
    assert_eq!((counts.posts, counts.duplicates, counts.kills), (5, 0, 1));
    assert_eq!((counts.in_flight_at_kills, counts.caps), (1, 3));
    assert_eq!((counts.reports, counts.conversions), (4, 2));
    assert_eq!(counts.revenue, 5_000_000 + 7_000_000 + 3_000_000);
}

#[tokio::test]
async fn a_lost_lead_is_found() {
    let sql = "DELETE FROM decision WHERE lead_id = 'lead-4'; DELETE FROM lead WHERE id = 'lead-4'";
    assert_eq!(found_after(sql).await, ["lost"]);
    let line = r#"{"did":"acknowledged","at":9,"source":"web","key":"k9","lead_id":"lead-9","status":"queued","destination":null}"#;
    assert_eq!(found_after_line("journal.ndjson", line).await, ["lost"]);
}

#[tokio::test]
async fn what_was_told_and_is_not_stored_is_found() {
    for sql in [
        "UPDATE lead SET id = 'lead-0' WHERE id = 'lead-4'; UPDATE decision SET lead_id = 'lead-0' WHERE lead_id = 'lead-4'",
        "UPDATE lead SET status = 'held' WHERE id = 'lead-4'",
    ] {
        assert_eq!(found_after(sql).await, ["told_otherwise"], "{sql}");
    }
    let told = r#"{"did":"acknowledged","at":9,"source":"web","key":"k4","lead_id":"lead-4","status":"unsold","destination":"b"}"#;
    assert_eq!(
        found_after_line("journal.ndjson", told).await,
        ["told_otherwise"]
    );
}

#[tokio::test]
async fn one_key_that_is_two_leads_is_found() {
    // Its own index would not let it in.
    let sql =
        "CREATE TABLE copy AS SELECT * FROM lead; DROP TABLE lead; ALTER TABLE copy RENAME TO lead;
        UPDATE lead SET idempotency_key = 'k1' WHERE id = 'lead-4'";
    assert_eq!(
        found_after(sql).await,
        ["lost", "told_otherwise", "two_leads_of_a_key"]
    );
}

#[tokio::test]
async fn what_has_not_come_to_its_end_is_found() {
    for sql in [
        "UPDATE decision SET end_state = NULL WHERE lead_id = 'lead-4'",
        "DELETE FROM decision WHERE lead_id = 'lead-4'",
        "UPDATE delivery SET settled_seq = NULL WHERE id = 'd3'",
    ] {
        assert_eq!(found_after(sql).await, ["not_ended"], "{sql}");
    }
    let queued = "UPDATE lead SET status = 'queued' WHERE id = 'lead-4'";
    assert_eq!(found_after(queued).await, ["not_ended", "told_otherwise"]);
    let sending = "UPDATE delivery SET state = 'sending' WHERE id = 'd2'";
    assert_eq!(found_after(sending).await, ["not_ended"]);
}

#[tokio::test]
async fn an_exclusive_lead_that_is_sold_twice_is_found() {
    let stored = "UPDATE delivery SET state = 'accepted' WHERE id = 'd2'";
    assert_eq!(found_after(stored).await, ["answer_differs", "sold_twice"]);
    // A buyer took it in silence.
    let taken = r#"{"did":"received","at":5,"key":"d2","lead_id":"lead-2","click_id":"c2","takes":true,"says":"no","price":null}"#;
    assert_eq!(
        found_after_line("buyers/a.ndjson", taken).await,
        ["sold_twice"]
    );
    // As above, but listed: whoever said yes too late had it before it was passed on.
    let history = History::honest().await;
    history.write("buyers/a.ndjson", taken);
    let late = "UPDATE delivery SET state = 'held', finding = 'accepted after the lead was taken over' WHERE id = 'd2'";
    history.execute(late).await;
    assert_eq!(history.codes().await, [""; 0]);
    assert_eq!(history.report().await.counts.late_acceptances, 1);
}

#[tokio::test]
async fn a_post_that_was_not_on_disk_and_one_under_another_key_are_found() {
    let line = |key: &str, lead: &str| {
        format!(
            r#"{{"did":"received","at":5,"key":"{key}","lead_id":"{lead}","click_id":"c9","takes":false,"says":"no","price":null}}"#
        )
    };
    let unknown = found_after_line("buyers/a.ndjson", &line("d9", "lead-9")).await;
    assert_eq!(unknown, ["post_without_delivery"]);
    // That of another buyer.
    let foreign = found_after_line("buyers/a.ndjson", &line("d3", "lead-2")).await;
    assert_eq!(foreign, ["another_key", "post_without_delivery"]);
    let deleted = found_after("DELETE FROM delivery WHERE id = 'd2'").await;
    assert_eq!(deleted, ["post_without_delivery"]);
}

#[tokio::test]
async fn more_duplicates_than_posts_under_way_at_kills_are_found() {
    // The one under way at the kill may come again.
    let again = r#"{"did":"received","at":30,"key":"d4","lead_id":"lead-3","click_id":"c4","takes":true,"says":"yes","price":null}"#;
    assert_eq!(found_after_line("buyers/a.ndjson", again).await, [""; 0]);
    let history = History::honest().await;
    history.write("buyers/a.ndjson", again);
    history.write("buyers/a.ndjson", again);
    assert_eq!(history.codes().await, ["too_many_duplicates"]);
    // Whoever asks for it again gets it again.
    let history = History::honest().await;
    let asked = r#"{"did":"received","at":40,"key":"d5","lead_id":"lead-4","click_id":"c5","takes":false,"says":"later","price":null}"#;
    for _ in 0..3 {
        history.write("buyers/b.ndjson", asked);
        history.write(
            "buyers/b.ndjson",
            r#"{"did":"answered","at":41,"key":"d5"}"#,
        );
    }
    assert_eq!(history.codes().await, [""; 0]);
}

#[tokio::test]
async fn an_answer_that_differs_from_what_is_stored_is_found() {
    for sql in [
        "UPDATE delivery SET state = 'not_sent' WHERE id = 'd2'",
        "UPDATE delivery SET state = 'rejected' WHERE id = 'd4'",
        "UPDATE delivery SET state = 'accepted' WHERE id = 'd5'",
    ] {
        assert_eq!(found_after(sql).await, ["answer_differs"], "{sql}");
    }
    let sold_to_nobody = "UPDATE lead SET status = 'sold' WHERE id = 'lead-4'";
    assert_eq!(
        found_after(sold_to_nobody).await,
        ["answer_differs", "told_otherwise"]
    );
}

#[tokio::test]
async fn a_cap_that_was_exceeded_at_some_commit_is_found_also_if_it_holds_at_the_end() {
    let caps = |text: &str| {
        format!("UPDATE destination SET settings_body = '{{\"caps\": [{text}]}}' WHERE name = 'a'")
    };
    // Three offers to `a`: one accepted, one refused later, one unknown. At the end two units are used.
    for (cap, is_found) in [
        (r#"{"kind":"accepted","max":1,"window":"lifetime"}"#, true),
        (r#"{"kind":"accepted","max":2,"window":"lifetime"}"#, false),
        (r#"{"kind":"offers","max":2,"window":"lifetime"}"#, true),
        (r#"{"kind":"offers","max":3,"window":"lifetime"}"#, false),
        (r#"{"kind":"offers","max":2,"window":"hour"}"#, false),
        (r#"{"kind":"in_flight","max":1}"#, false),
    ] {
        let found = found_after(&caps(cap)).await;
        assert_eq!(
            found,
            if is_found { &["over_cap"][..] } else { &[] },
            "{cap}"
        );
    }
    // The refusal came after the next offer: for a moment two were under way.
    let history = History::honest().await;
    history
        .execute(&caps(r#"{"kind":"in_flight","max":1}"#))
        .await;
    history
        .execute("UPDATE delivery SET settled_seq = 30 WHERE id = 'd2'")
        .await;
    assert_eq!(history.codes().await, ["over_cap"]);
    let unknown = caps(r#"{"kind":"revenue","max":"5.00","window":"day"}"#);
    assert_eq!(found_after(&unknown).await, ["cap_not_checked"]);
}

#[tokio::test]
async fn a_cent_that_is_missing_is_found() {
    for (sql, codes) in [
        (
            "UPDATE delivery SET price = 4999999 WHERE id = 'd1'",
            &["price_differs"][..],
        ),
        (
            "UPDATE lead SET revenue = revenue + 1 WHERE id = 'lead-1'",
            &["revenue_differs"][..],
        ),
        (
            "UPDATE conversion SET revenue = revenue - 1 WHERE txid = 't1'",
            &["conversion_differs"][..],
        ),
        (
            "DELETE FROM conversion WHERE txid = 't1'",
            &["conversion_differs"][..],
        ),
        (
            "UPDATE conversion SET txid = 't9' WHERE txid = 't1'",
            &["conversion_differs", "conversion_unknown"][..],
        ),
    ] {
        assert_eq!(found_after(sql).await, codes, "{sql}");
    }
    let report = |txid: &str, event: &str, answer: u16| {
        format!(
            r#"{{"did":"reported","at":50,"click_id":"c1","txid":"{txid}","event":"{event}","amount":9000000,"answer":{answer}}}"#
        )
    };
    for (line, codes) in [
        (
            report("t1", "sale", 200),
            &["conversion_differs", "revenue_differs"][..],
        ),
        (
            report("t5", "sale", 200),
            &["conversion_differs", "revenue_differs"][..],
        ),
        (
            report("t1", "rejected", 200),
            &["conversion_differs", "revenue_differs"][..],
        ),
        // Kept until its click is known, which it is.
        (
            report("t5", "sale", 202),
            &["conversion_differs", "revenue_differs"][..],
        ),
        // What was not acknowledged may be missing.
        (report("t5", "sale", 0), &[][..]),
    ] {
        assert_eq!(
            found_after_line("buyers/a.ndjson", &line).await,
            codes,
            "{line}"
        );
    }
}

#[tokio::test]
async fn a_number_that_was_never_given_out_is_found() {
    let sql = "UPDATE delivery SET settled_seq = 100 WHERE id = 'd1'";
    assert_eq!(found_after(sql).await, ["beyond_the_order"]);
}

#[tokio::test]
async fn a_file_that_calls_itself_damaged_is_found() {
    let sql = "PRAGMA writable_schema = ON;
        UPDATE sqlite_schema SET sql = replace(sql, 'taken_by   INTEGER', 'taken_by INTEGER NOT NULL') WHERE name = 'lease'";
    assert_eq!(found_after(sql).await, ["damaged"]);
}

#[tokio::test]
async fn files_that_cannot_be_read_are_no_clean_history() {
    let history = History::honest().await;
    history.write("journal.ndjson", "{\"did\":\"slept\"}");
    assert!(history.try_report().await.is_err());
}
