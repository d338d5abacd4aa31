//! Logs as files: what is written is read back, and what is missing stays missing.

use std::path::Path;

use pointsman_lead::{Micros, Schema, Value};
use pointsman_replay::{
    Error,
    log::{
        Columns, CommitTime, Destinations, Format, Log, LogLead, Mapping, Timeline, write_parquet,
    },
};
use pointsman_router::Answer;

use crate::world::{AUCTION, MIXED, logged, schema};

fn read(
    path: &Path,
    mapping: Mapping,
    schema: Option<&Schema>,
) -> Result<(Vec<LogLead>, Schema), Error> {
    let log = Log::open(path, mapping, Format::default()).map_err(Error::Problems)?;
    let survey = log.survey(schema)?;
    let schema = match schema {
        Some(schema) => schema.clone(),
        None => Schema::new("test", survey.declared.clone()).map_err(Error::Problems)?,
    };
    let mut leads = Vec::new();
    log.read(&schema, &survey, &mut |batch, _| {
        leads.extend(batch);
        Ok(())
    })?;
    assert_eq!(survey.n_leads, leads.len() as u64);
    Ok((leads, schema))
}

fn read_csv(csv: &str, columns: Columns) -> Result<(Vec<LogLead>, Schema), Error> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.csv");
    std::fs::write(&path, csv).unwrap();
    read(&path, Mapping::Flat(Box::new(columns)), None)
}

fn columns() -> Columns {
    Columns {
        destination: "to".to_owned(),
        propensity: Some("p".to_owned()),
        reward: Some("paid".to_owned()),
        ..Columns::default()
    }
}

#[test]
fn a_parquet_log_is_read_back_as_it_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.parquet");
    let mut written = logged(MIXED, 7, 20_000);
    written[1].cluster = Some("north".to_owned());
    written[2].epoch = None;
    written[3].end = None;
    written[4].offers.clear();
    written[5].offers[0].outlook = None;
    written[5].offers[0].available = None;
    // A sum of probabilities that a rounding brought above 1.
    written[6].offers[0].propensity = 1.0 + f64::EPSILON;
    written[7].timeline = Some(Timeline {
        steps: (0..)
            .take(written[7].offers.len() + 1)
            .map(|number| CommitTime {
                at: written[7].received_at,
                number,
            })
            .collect(),
        answers: vec![None; written[7].offers.len()],
        expired: true,
    });
    assert_eq!(
        write_parquet(&path, &schema(), written.iter().cloned()).unwrap(),
        20_000
    );
    let (found, _) = read(&path, Mapping::Own, Some(&schema())).unwrap();
    assert_eq!(found.len(), written.len());
    for (found, written) in found.iter().zip(&written) {
        assert_eq!(found, written);
    }
}

#[test]
fn pings_and_bids_are_read_back_as_they_were_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.parquet");
    let mut written = logged(AUCTION, 7, 500);
    written[0].pings.clear();
    written[1].pings[0].outlook = None;
    written[1].pings[0].available = None;
    write_parquet(&path, &schema(), written.iter().cloned()).unwrap();
    let (found, _) = read(&path, Mapping::Own, Some(&schema())).unwrap();
    assert_eq!(found, written);
}

#[test]
fn pings_that_cannot_be_read_are_a_mistake_of_their_row() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.csv");
    let head = "lead_id,received_at,offer_destination,offer_propensity,offer_answer,pings\n";
    let row = |pings: &str| {
        format!(
            "l1,1760000000000000,[],[],[],\"{}\"\n",
            pings.replace('"', "\"\"")
        )
    };
    let sound = r#"[{"asked": ["a"], "bids": {"a": "12.50"}, "propensity": 1.0}]"#;
    std::fs::write(&path, format!("{head}{}", row(sound))).unwrap();
    let (leads, _) = read(&path, Mapping::Own, None).unwrap();
    assert_eq!(leads[0].pings[0].bids["a"], Micros(12_500_000));
    for broken in [
        "maybe".to_owned(),
        sound.replace("12.50", "much"),
        sound.replace("1.0", "0.0"),
    ] {
        std::fs::write(&path, format!("{head}{}", row(&broken))).unwrap();
        let Err(Error::Problems(problems)) = read(&path, Mapping::Own, None) else {
            panic!("{broken} is read")
        };
        assert_eq!(problems[0].code, "pings_unreadable");
    }
}

#[test]
fn a_log_without_a_schema_tells_the_kinds_of_its_fields() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.parquet");
    write_parquet(&path, &schema(), logged(MIXED, 7, 100)).unwrap();
    let (_, found) = read(&path, Mapping::Own, None).unwrap();
    let kinds: Vec<String> = found
        .declared()
        .iter()
        .map(|field| format!("{} {:?}", field.name, field.kind))
        .collect();
    assert_eq!(
        kinds,
        [
            "number Integer { min: None, max: None }",
            "amount Decimal { scale: 2 }",
            "home_owner Boolean",
            "city Text { max_chars: 1024, multiline: true }",
            "born_at Timestamp",
        ]
    );
}

#[test]
fn empty_cells_of_a_csv_are_missing_values() {
    let columns = Columns {
        at: Some("at".to_owned()),
        fields: [
            ("age", "age"),
            ("state", "state"),
            ("sub_id_1", "placement"),
        ]
        .map(|(field, column)| (field.to_owned(), column.to_owned()))
        .into(),
        ..columns()
    };
    let csv = "to,p,paid,at,age,state,placement,unused\n\
               acme,0.5,12.5,2026-01-31T09:30:00Z,30,CA,left,x\n\
               acme,1,,,,,,\n\
               \"acme, inc\",0.25,0,2026-01-31 09:30:00+00:00,,TX,,\n";
    let (leads, schema) = read_csv(csv, columns).unwrap();
    let value =
        |lead: usize, field: &str| leads[lead].fields.get(schema.find(field).unwrap()).cloned();
    assert_eq!(value(0, "age"), Some(Value::Integer(30)));
    assert_eq!(value(0, "state"), Some(Value::Text("CA".to_owned())));
    assert_eq!(value(0, "sub_id_1"), Some(Value::Text("left".to_owned())));
    assert_eq!(value(1, "age"), None);
    assert_eq!(value(1, "state"), None);
    assert_eq!(value(1, "received_at"), None);
    assert_eq!(value(1, "is_test"), Some(Value::Boolean(false)));
    assert_eq!(&*leads[2].offers[0].destination, "acme, inc");
    assert_eq!(leads[0].received_at, leads[2].received_at);
    let rewards: Vec<f64> = leads.iter().map(|lead| lead.offers[0].reward).collect();
    assert_eq!(rewards, [12.5, 0.0, 0.0]);
}

#[test]
fn rows_of_a_lead_are_put_together_in_the_order_of_its_offers() {
    let columns = Columns {
        lead_id: Some("lead".to_owned()),
        offer: Some("n".to_owned()),
        destinations: Destinations {
            prefix: "buyer_".to_owned(),
            names: [("zen".to_owned(), "zenith".to_owned())].into(),
        },
        ..columns()
    };
    let csv = "lead,n,to,p,paid\n1,2,zen,1,5\n2,1,acme,0.5,7\n1,1,acme,0.5,0\n3,1,zen,0.5,0\n";
    let (leads, _) = read_csv(csv, columns).unwrap();
    let shown: Vec<String> = leads
        .iter()
        .map(|lead| {
            let offers = lead
                .offers
                .iter()
                .map(|offer| format!("{}:{:?}", offer.destination, offer.answer));
            format!("{} {}", lead.lead_id, offers.collect::<Vec<_>>().join(" "))
        })
        .collect();
    assert_eq!(
        shown,
        [
            "2 buyer_acme:Accepted",
            "1 buyer_acme:Rejected zenith:Accepted",
            "3 zenith:Accepted"
        ]
    );
}

#[test]
fn answers_and_availability_of_a_foreign_log_are_taken_over() {
    let columns = Columns {
        answer: Some("said".to_owned()),
        available: Some("free".to_owned()),
        ..columns()
    };
    let csv = "to,p,paid,said,free\nacme,0.5,0,rejected,acme|zenith\nacme,1,0,unknown,\"[\"\"acme\"\"]\"\nacme,1,0,,\n";
    let (leads, _) = read_csv(csv, columns).unwrap();
    let free = |lead: usize| {
        leads[lead].offers[0]
            .available
            .as_ref()
            .map(|free| free.join(" "))
    };
    assert_eq!(leads[0].offers[0].answer, Answer::Rejected);
    assert_eq!(leads[1].offers[0].answer, Answer::Unknown);
    assert_eq!(
        (free(0), free(1), free(2)),
        (
            Some("acme zenith".to_owned()),
            Some("acme".to_owned()),
            None
        )
    );
}

#[test]
fn our_own_format_may_also_come_as_csv_with_lists_as_json() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.csv");
    let csv = "lead_id,received_at,offer_destination,offer_propensity,offer_answer,offer_reward,end_kind,end_propensity,field.age\n\
               x,2026-01-31T09:30:00Z,\"[\"\"a\"\",\"\"b\"\"]\",\"[0.5,1]\",\"[\"\"rejected\"\",\"\"accepted\"\"]\",\"[0,5]\",sold,1,30\n\
               y,2026-01-31T09:31:00Z,,,,,unsold,1,\n";
    std::fs::write(&path, csv).unwrap();
    let (leads, _) = read(&path, Mapping::Own, None).unwrap();
    assert_eq!(leads[0].offers.len(), 2);
    assert_eq!(
        (leads[0].offers[1].propensity, leads[0].offers[1].reward),
        (1.0, 5.0)
    );
    assert_eq!(
        (leads[1].offers.len(), leads[1].unit_key.as_str()),
        (0, "y")
    );
}
