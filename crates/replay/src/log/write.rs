//! Writes leads as a log of our own format.

use std::{fs::File, path::Path};

use pointsman_lead::{Field, FieldIdx, FieldKind, Schema, Value};
use polars::prelude::{
    Column, DataFrame, DataType, Float64Type, IntoColumn, ListBuilderTrait,
    ListPrimitiveChunkedBuilder, ListStringChunkedBuilder, NamedFrom, ParquetWriter, PlSmallStr,
    PolarsResult, Series, TimeUnit,
};

use super::{
    LogEnd, LogLead, LogOffer, answer_word,
    own::{FIELD_PREFIX, PAYMENTS, available_text, orders_text, outlook_text, unit_hashes_text},
    payments,
    pings::{self, PINGS},
    timeline::{self, TIMELINE},
};
use crate::Error;

/// Leads that are written as one row group.
const GROUP_LEADS: usize = 65_536;

/// Writes leads to a Parquet file, in the format that `simulations/README.md` documents.
///
/// Streams: a row group at a time is in memory.
///
/// * `schema`: of the leads' fields.
///
/// # Errors
///
/// [`Error::Write`] if the file cannot be written.
pub fn write_parquet(
    path: &Path,
    schema: &Schema,
    leads: impl IntoIterator<Item = LogLead>,
) -> Result<u64, Error> {
    let failed = |source: polars::error::PolarsError| Error::Write {
        path: path.to_owned(),
        source,
    };
    let file = File::create(path).map_err(|error| failed(error.into()))?;
    let empty = frame_of(schema, &[]).map_err(failed)?;
    let mut writer = ParquetWriter::new(file)
        .batched(empty.schema())
        .map_err(failed)?;
    let mut n_leads = 0;
    let mut leads = leads.into_iter();
    loop {
        let group: Vec<LogLead> = leads.by_ref().take(GROUP_LEADS).collect();
        if group.is_empty() {
            break;
        }
        n_leads += group.len() as u64;
        let frame = frame_of(schema, &group).map_err(failed)?;
        writer.write_batch(&frame).map_err(failed)?;
    }
    writer.finish().map_err(failed)?;
    Ok(n_leads)
}

fn frame_of(schema: &Schema, leads: &[LogLead]) -> PolarsResult<DataFrame> {
    let text = |name: &str, of: &dyn Fn(&LogLead) -> Option<String>| {
        let texts: Vec<Option<String>> = leads.iter().map(of).collect();
        Series::new(name.into(), texts).into_column()
    };
    let end =
        |of: &dyn Fn(&LogEnd) -> Option<String>, lead: &LogLead| lead.end.as_ref().and_then(of);
    let received_at: Vec<i64> = leads.iter().map(|lead| lead.received_at.0).collect();
    let epoch: Vec<Option<i64>> = leads
        .iter()
        .map(|lead| lead.epoch.and_then(|epoch| i64::try_from(epoch).ok()))
        .collect();
    let end_propensity: Vec<Option<f64>> = leads
        .iter()
        .map(|lead| lead.end.as_ref().map(|end| end.propensity))
        .collect();
    let outlook = |offer: &LogOffer| offer.outlook.as_deref().map(outlook_text);
    let orders = |offer: &LogOffer| offer.orders.as_ref().map(orders_text);
    let available = |offer: &LogOffer| offer.available.as_deref().map(available_text);
    let mut columns = vec![
        text("lead_id", &|lead| Some(lead.lead_id.clone())),
        times("received_at", received_at.into_iter().map(Some).collect())?,
        text("unit_key", &|lead| Some(lead.unit_key.clone())),
        text("unit_hashes", &|lead| unit_hashes_text(&lead.unit_hashes)),
        text("cluster", &|lead| lead.cluster.clone()),
        Series::new("epoch".into(), epoch).into_column(),
        texts("offer_destination", leads, &|offer| {
            Some(offer.destination.to_string())
        }),
        numbers("offer_propensity", leads, &|offer| offer.propensity),
        texts("offer_answer", leads, &|offer| {
            Some(answer_word(offer.answer).to_owned())
        }),
        numbers("offer_reward", leads, &|offer| offer.reward),
        texts(PAYMENTS, leads, &|offer| payments::text(&offer.payments)),
        texts("offer_available", leads, &available),
        texts("offer_outlook", leads, &outlook),
        texts("offer_orders", leads, &orders),
        text(PINGS, &|lead| pings::text(&lead.pings)),
        text("end_kind", &|lead| {
            end(&|end| Some(end.kind.word().to_owned()), lead)
        }),
        Series::new("end_propensity".into(), end_propensity).into_column(),
        text("end_available", &|lead| {
            end(&|end| end.available.as_deref().map(available_text), lead)
        }),
        text("end_outlook", &|lead| {
            end(&|end| end.outlook.as_deref().map(outlook_text), lead)
        }),
        text("end_orders", &|lead| {
            end(&|end| end.orders.as_ref().map(orders_text), lead)
        }),
        text(TIMELINE, &|lead| {
            lead.timeline.as_ref().and_then(timeline::text)
        }),
    ];
    for (position, field) in (0..).zip(schema.fields()) {
        // The time of arrival has a column of its own.
        if field.name != "received_at" {
            columns.push(field_column(field, FieldIdx(position), leads)?);
        }
    }
    DataFrame::new(leads.len(), columns)
}

fn field_column(field: &Field, idx: FieldIdx, leads: &[LogLead]) -> PolarsResult<Column> {
    let name: PlSmallStr = format!("{FIELD_PREFIX}{}", field.name).into();
    let values = leads.iter().map(|lead| lead.fields.get(idx));
    let integer = |value: &Value| match value {
        Value::Integer(number) => Some(*number),
        Value::Timestamp(at) => Some(at.0),
        _ => None,
    };
    Ok(match &field.kind {
        FieldKind::Integer { .. } => {
            let numbers: Vec<Option<i64>> = values.map(|value| value.and_then(integer)).collect();
            Series::new(name, numbers).into_column()
        }
        FieldKind::Timestamp => {
            times(&name, values.map(|value| value.and_then(integer)).collect())?
        }
        FieldKind::Boolean => {
            let truths: Vec<Option<bool>> = values
                .map(|value| match value {
                    Some(Value::Boolean(truth)) => Some(*truth),
                    _ => None,
                })
                .collect();
            Series::new(name, truths).into_column()
        }
        // As text: a float would not keep every decimal.
        kind => {
            let texts: Vec<Option<String>> = values
                .map(|value| match (value, kind) {
                    (Some(Value::Text(text)), _) => Some(text.clone()),
                    (Some(Value::Date(date)), _) => Some(date.to_string()),
                    (Some(Value::Decimal(units)), FieldKind::Decimal { scale }) => {
                        Some(decimal(*units, *scale))
                    }
                    _ => None,
                })
                .collect();
            Series::new(name, texts).into_column()
        }
    })
}

fn times(name: &str, micros: Vec<Option<i64>>) -> PolarsResult<Column> {
    let series = Series::new(name.into(), micros);
    Ok(series
        .cast(&DataType::Datetime(TimeUnit::Microseconds, None))?
        .into_column())
}

fn texts(name: &str, leads: &[LogLead], of: &dyn Fn(&LogOffer) -> Option<String>) -> Column {
    let mut lists = ListStringChunkedBuilder::new(name.into(), leads.len(), leads.len());
    for lead in leads {
        let texts: Vec<Option<String>> = lead.offers.iter().map(of).collect();
        lists.append_trusted_len_iter(texts.iter().map(Option::as_deref));
    }
    lists.finish().into_column()
}

fn numbers(name: &str, leads: &[LogLead], of: &dyn Fn(&LogOffer) -> f64) -> Column {
    let mut lists = ListPrimitiveChunkedBuilder::<Float64Type>::new(
        name.into(),
        leads.len(),
        leads.len(),
        DataType::Float64,
    );
    for lead in leads {
        let numbers: Vec<f64> = lead.offers.iter().map(of).collect();
        lists.append_slice(&numbers);
    }
    lists.finish().into_column()
}

/// Units of `10^-scale` as plain digits: -5 at scale 2 is `-0.05`.
fn decimal(units: i64, scale: u8) -> String {
    let scale = usize::from(scale);
    let digits = format!("{:0>width$}", units.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    let sign = if units < 0 { "-" } else { "" };
    if scale == 0 {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{fraction}")
    }
}
