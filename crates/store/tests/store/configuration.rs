//! What operators write, compared before it is swapped.

use pointsman_store::{
    Draft, Error, Expected, ExpectedStage, JobRow, JobState, JobUpdate, ListPartRow,
    NewDestination, NewLeadSchema, NewNamedList, StageTarget, Store, TokenRow,
};

use crate::{
    database::{Database, on_both_databases},
    rows::version,
};

on_both_databases! {
    a_destination_is_swapped_only_as_expected,
    a_draft_is_swapped_only_as_expected,
    a_version_is_stored_once_under_the_next_number,
    a_stage_moves_only_as_expected_and_keeps_its_history,
    a_schema_is_replaced,
    a_list_keeps_its_versions_and_its_parts_are_stored_once,
    a_token_is_revoked_once,
    a_job_goes_from_pending_to_done,
}

async fn a_destination_is_swapped_only_as_expected(database: Database) {
    let store = database.open().await;
    let put = async |at: i64, expected| {
        let destination = NewDestination {
            name: "acme".to_owned(),
            target_body: format!(r#"{{"at":{at}}}"#),
            settings_body: "{}".to_owned(),
            at,
        };
        let tx = store.begin().await.unwrap();
        let put = tx.put_destination(destination, expected).await;
        tx.commit().await.unwrap();
        put.map(|row| (row.revision, row.created_at, row.updated_at))
    };
    let missing = put(1, Expected::Revision(1)).await;
    assert!(
        matches!(missing, Err(Error::NotFound { .. })),
        "{missing:?}"
    );
    assert_eq!(put(2, Expected::Absent).await.unwrap(), (1, 2, 2));
    let conflict = put(3, Expected::Absent).await;
    assert!(
        matches!(conflict, Err(Error::Conflict { .. })),
        "{conflict:?}"
    );
    assert_eq!(put(4, Expected::Revision(1)).await.unwrap(), (2, 2, 4));
    let conflict = put(5, Expected::Revision(1)).await;
    assert!(
        matches!(conflict, Err(Error::Conflict { .. })),
        "{conflict:?}"
    );
    assert_eq!(put(6, Expected::Any).await.unwrap(), (3, 2, 6));
    let destinations = store.read().destinations().await.unwrap();
    assert_eq!(destinations.len(), 1);
    assert_eq!(destinations[0].target_body, r#"{"at":6}"#);
    store.close().await.unwrap();
}

async fn a_list_keeps_its_versions_and_its_parts_are_stored_once(database: Database) {
    let store = database.open().await;
    for (part, body) in [(0, "a\n"), (1, "b\n"), (0, "a\n")] {
        let row = ListPartRow {
            hash: "h1".to_owned(),
            part,
            body: body.to_owned(),
        };
        let put = store.note(move |tx| Box::pin(async move { tx.put_list_part(row).await }));
        put.await.unwrap();
    }
    let parts = store.read().list_parts("h1").await.unwrap();
    assert_eq!(
        parts.into_iter().map(|it| it.body).collect::<String>(),
        "a\nb\n"
    );
    let put = async |at: i64, hash: &str, expected| {
        let list = NewNamedList {
            name: "ours".to_owned(),
            kind: "text".to_owned(),
            hash: hash.to_owned(),
            n_values: at,
            at,
        };
        let tx = store.begin().await.unwrap();
        let put = tx.put_named_list(list, expected).await;
        tx.commit().await.unwrap();
        put.map(|row| (row.revision, row.created_at, row.updated_at))
    };
    let missing = put(1, "h1", Expected::Revision(1)).await;
    assert!(
        matches!(missing, Err(Error::NotFound { .. })),
        "{missing:?}"
    );
    assert_eq!(put(2, "h1", Expected::Absent).await.unwrap(), (1, 2, 2));
    let conflict = put(3, "h2", Expected::Absent).await;
    assert!(
        matches!(conflict, Err(Error::Conflict { .. })),
        "{conflict:?}"
    );
    assert_eq!(put(4, "h2", Expected::Any).await.unwrap(), (2, 2, 4));
    // Back to what it was.
    assert_eq!(
        put(5, "h1", Expected::Revision(2)).await.unwrap(),
        (3, 2, 5)
    );
    let read = store.read();
    let versions = read.named_list_versions("ours", 2).await.unwrap();
    let versions = versions.into_iter().map(|it| (it.revision, it.hash));
    assert_eq!(
        versions.collect::<Vec<_>>(),
        [(3, "h1".to_owned()), (2, "h2".to_owned())]
    );
    let first = read.find_named_list_version("ours", 1).await.unwrap();
    assert_eq!(first.map(|it| it.n_values), Some(2));
    assert_eq!(read.named_lists().await.unwrap().len(), 1);
    store.close().await.unwrap();
}

async fn a_draft_is_swapped_only_as_expected(database: Database) {
    let store = database.open().await;
    let put = async |body: Option<&str>, expected| {
        let draft = Draft {
            flow: "main".to_owned(),
            vertical: "solar".to_owned(),
            body: body.map(str::to_owned),
            at: 1,
        };
        let tx = store.begin().await.unwrap();
        let put = tx.put_flow_draft(draft, expected).await;
        tx.commit().await.unwrap();
        put.map(|flow| (flow.draft_revision, flow.draft_body))
    };
    let first = put(Some("{}"), Expected::Absent).await.unwrap();
    assert_eq!(first, (1, Some("{}".to_owned())));
    let conflict = put(None, Expected::Revision(0)).await;
    assert!(
        matches!(conflict, Err(Error::Conflict { .. })),
        "{conflict:?}"
    );
    let discarded = put(None, Expected::Revision(1)).await.unwrap();
    assert_eq!(discarded, (2, None));
    store.close().await.unwrap();
}

async fn a_version_is_stored_once_under_the_next_number(database: Database) {
    let store = database.open().await;
    let tx = store.begin().await.unwrap();
    assert!(tx.put_flow("main", "solar", 1).await.unwrap());
    assert!(!tx.put_flow("main", "solar", 2).await.unwrap());
    tx.put_flow("other", "solar", 1).await.unwrap();
    let mut numbers = Vec::new();
    for hash in ["a", "b", "a", "c"] {
        let published = tx.insert_flow_version(version(hash, "main")).await.unwrap();
        numbers.push((published.version.number, published.is_new));
    }
    assert_eq!(numbers, [(1, true), (2, true), (1, false), (3, true)]);
    let other = tx.insert_flow_version(version("a", "other")).await;
    assert!(matches!(other, Err(Error::Conflict { .. })), "{other:?}");
    tx.commit().await.unwrap();

    let read = store.read();
    let page = read.versions_of_flow("main", None, 2).await.unwrap();
    let rest = read
        .versions_of_flow("main", page.next.as_ref(), 2)
        .await
        .unwrap();
    let hashes: Vec<_> = page
        .items
        .iter()
        .chain(&rest.items)
        .map(|v| &*v.hash)
        .collect();
    assert_eq!((hashes, rest.next), (vec!["c", "b", "a"], None));
    store.close().await.unwrap();
}

async fn move_stage(store: &Store, hash: &str, expected: ExpectedStage<'_>) -> Result<i64, Error> {
    let target = StageTarget {
        flow: "main".to_owned(),
        stage: "live".to_owned(),
        version_hash: hash.to_owned(),
        at: 1,
        by: "ann".to_owned(),
    };
    let tx = store.begin().await.unwrap();
    let moved = tx.move_stage(target, expected).await?;
    tx.commit().await.unwrap();
    Ok(moved.revision)
}

async fn a_stage_moves_only_as_expected_and_keeps_its_history(database: Database) {
    let store = database.open().await;
    let tx = store.begin().await.unwrap();
    tx.put_flow("main", "solar", 1).await.unwrap();
    for hash in ["a", "b"] {
        tx.insert_flow_version(version(hash, "main")).await.unwrap();
    }
    tx.commit().await.unwrap();

    let absent = ExpectedStage::Row(Expected::Absent);
    let missing = move_stage(&store, "none", absent).await;
    assert!(
        matches!(missing, Err(Error::NotFound { .. })),
        "{missing:?}"
    );
    assert_eq!(move_stage(&store, "a", absent).await.unwrap(), 1);
    let conflict = move_stage(&store, "b", ExpectedStage::Hash("b")).await;
    assert!(
        matches!(conflict, Err(Error::Conflict { .. })),
        "{conflict:?}"
    );
    assert_eq!(
        move_stage(&store, "b", ExpectedStage::Hash("a"))
            .await
            .unwrap(),
        2
    );
    let revision = ExpectedStage::Row(Expected::Revision(2));
    assert_eq!(move_stage(&store, "a", revision).await.unwrap(), 3);

    let read = store.read();
    let live = read.find_stage("main", "live").await.unwrap().unwrap();
    assert_eq!(live.version_hash, "a");
    assert_eq!(read.stages_of_flow("main").await.unwrap(), [live]);
    let moves = read.stage_moves("main", "live", None, 10).await.unwrap();
    let moves: Vec<_> = moves
        .items
        .iter()
        .map(|row| (row.from_hash.as_deref(), &*row.to_hash))
        .collect();
    assert_eq!(moves, [(Some("b"), "a"), (Some("a"), "b"), (None, "a")]);
    store.close().await.unwrap();
}

async fn a_schema_is_replaced(database: Database) {
    let store = database.open().await;
    for at in [1, 2] {
        let schema = NewLeadSchema {
            vertical: "solar".to_owned(),
            hash: format!("h{at}"),
            body: "{}".to_owned(),
            at,
        };
        store
            .write(|tx| Box::pin(tx.put_lead_schema(schema)))
            .await
            .unwrap();
    }
    let schema = store
        .read()
        .find_lead_schema("solar")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (&*schema.hash, schema.created_at, schema.updated_at),
        ("h2", 1, 2)
    );
    assert_eq!(store.read().lead_schemas().await.unwrap(), [schema]);
    store.close().await.unwrap();
}

async fn a_token_is_revoked_once(database: Database) {
    let store = database.open().await;
    let token = TokenRow {
        id: "tok_1".to_owned(),
        name: "console".to_owned(),
        role: "admin".to_owned(),
        source: None,
        destination: None,
        secret_hash: "h".to_owned(),
        created_at: 1,
        revoked_at: None,
        last_used_at: None,
    };
    let tx = store.begin().await.unwrap();
    tx.insert_token(token.clone()).await.unwrap();
    // Whatever comes late or soon after is not written.
    for (at, apart) in [(100, 10), (109, 10), (50, 10), (110, 10), (115, 10)] {
        tx.note_token_use("tok_1", at, apart).await.unwrap();
    }
    assert!(tx.revoke_token("tok_1", 5).await.unwrap());
    assert!(!tx.revoke_token("tok_1", 6).await.unwrap());
    let missing = tx.revoke_token("tok_2", 6).await;
    assert!(
        matches!(missing, Err(Error::NotFound { .. })),
        "{missing:?}"
    );
    tx.commit().await.unwrap();
    let revoked = TokenRow {
        revoked_at: Some(5),
        last_used_at: Some(110),
        ..token
    };
    let found = store.read().find_token_by_hash("h").await.unwrap();
    assert_eq!(found.as_ref(), Some(&revoked));
    assert_eq!(store.read().tokens().await.unwrap(), [revoked]);
    store.close().await.unwrap();
}

async fn a_job_goes_from_pending_to_done(database: Database) {
    let store = database.open().await;
    let job = JobRow {
        id: "job_1".to_owned(),
        kind: "replay".to_owned(),
        state: JobState::Pending,
        params_body: "{}".to_owned(),
        progress: 0.0,
        result_body: None,
        error: None,
        created_at: 1,
        updated_at: 1,
        attempts: 0,
    };
    let done = JobUpdate {
        id: job.id.clone(),
        state: JobState::Done,
        progress: 1.0,
        result_body: Some("{}".to_owned()),
        error: None,
        attempts: 1,
        at: 2,
    };
    let tx = store.begin().await.unwrap();
    tx.insert_job(job.clone()).await.unwrap();
    assert_eq!(tx.read().pending_jobs().await.unwrap(), [job]);
    tx.update_job(done).await.unwrap();
    assert_eq!(tx.read().pending_jobs().await.unwrap(), []);
    tx.commit().await.unwrap();
    let job = store.read().find_job("job_1").await.unwrap().unwrap();
    assert_eq!(
        (job.state, job.attempts, job.updated_at),
        (JobState::Done, 1, 2)
    );
    let page = store.read().jobs(None, 10).await.unwrap();
    assert_eq!(page.items, [job]);
    store.close().await.unwrap();
}
