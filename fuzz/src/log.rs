//! Logs of anybody: delimited texts and Parquet files, read as a scenario says.

use std::{cell::RefCell, fs, path::PathBuf};

use pointsman_lead::{Schema, Zone};
use pointsman_replay::{
    Error,
    log::{Columns, Dialect, Format, Log, Mapping, RepeatedOffers, TimeUnit},
};

thread_local!(static FILE: RefCell<PathBuf> = RefCell::new(file()));

/// Reads a log: the first byte says how, the rest is the file.
///
/// It is read with as many rows and leads in the second pass as in the first, or refused with a problem that is not longer than a page.
pub fn log(input: &[u8]) {
    let Some((how, bytes)) = input.split_first() else {
        return;
    };
    FILE.with_borrow(|path| {
        fs::write(path, bytes).expect("the temporary folder takes a file");
        let mapping = if how & 1 == 0 {
            Mapping::Flat(Box::new(columns(how & 2 != 0)))
        } else {
            Mapping::Own
        };
        if let Err(problems) = read(path, mapping, format(*how)) {
            for problem in problems {
                assert!(problem.message.len() < 4_000, "{problem}");
            }
        }
    });
}

fn read(
    path: &PathBuf,
    mapping: Mapping,
    format: Format,
) -> Result<(), Vec<pointsman_lead::Problem>> {
    let log = Log::open(path, mapping, format)?;
    let survey = log.survey(None).map_err(Error::into_problems)?;
    let schema = Schema::new("log", survey.declared.clone())?;
    let mut n_leads = 0;
    log.read(&schema, &survey, &mut |leads, _| {
        n_leads += leads.len() as u64;
        Ok(())
    })
    .map_err(Error::into_problems)?;
    assert_eq!(n_leads, survey.n_leads);
    Ok(())
}

fn columns(with_leads: bool) -> Columns {
    let named = |name: &str| Some(name.to_owned());
    Columns {
        destination: "b".to_owned(),
        propensity: "p".to_owned(),
        reward: named("r"),
        at: named("at"),
        lead_id: with_leads.then(|| "lead".to_owned()),
        ..Columns::default()
    }
}

fn format(how: u8) -> Format {
    Format {
        dialect: Dialect {
            separator: if how & 4 == 0 { b',' } else { b';' },
            quote: (how & 8 == 0).then_some(b'"'),
            comment: (how & 16 != 0).then_some(b'#'),
            has_line_breaks: how & 32 != 0,
        },
        null_values: vec!["NA".to_owned()],
        time_unit: (how & 64 != 0).then_some(TimeUnit::Seconds),
        time_zone: (how & 128 != 0).then(Zone::utc),
        repeated_offers: RepeatedOffers::First,
    }
}

/// A file of this thread. Its name says CSV; what it holds is told from its bytes.
fn file() -> PathBuf {
    let folder = std::env::temp_dir().join(format!("pointsman-fuzz-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("there is a temporary folder");
    folder.join("log.csv")
}
