//! The explanation of a lead in a file under a flow document.

use std::collections::BTreeMap;

use anyhow::Context as _;
use pointsman_bandit::Allocation;
use pointsman_flow::{Program, check};
use pointsman_history::{Clock, WhatIf, what_if};
use pointsman_lead::{ALWAYS, Envelope, Fields, Micros, Problem, Stage, Timestamp};
use pointsman_ledger::Ledger;
use pointsman_router::{Answer, HashKey};
use serde_json::{Map, Value};

use super::{catalog, parse, parsed, print, source, text_of};
use crate::{
    cli::{ExplainFlow, Output, WhatIfAnswer},
    command::explain,
    out,
};

/// Unit key of draws if no key is given; the same for each lead.
const UNIT_KEY: &str = "what-if";

pub(super) fn run(explain: &ExplainFlow, output: Output) -> anyhow::Result<()> {
    let file = &explain.flow;
    let text = text_of(&file.file)?;
    let written = source(&file.file, &text);
    let document = parse(&written, output)?;
    let catalog = catalog(file, &document, output)?;
    let program = match check(&document, &catalog) {
        Ok(checked) => checked.program,
        Err(diagnostics) => {
            print(&diagnostics, &written, Some(&catalog), output)?;
            return Err(out::Reported.into());
        }
    };
    let at = match &explain.at {
        Some(text) => text.parse().with_context(|| format!("--at {text}"))?,
        None => Clock::real().now(),
    };
    let lead: Map<String, Value> = parsed(&explain.lead)
        .with_context(|| format!("{} is not a lead", explain.lead.display()))?;
    let lead = match Lead::read(&program, lead, at) {
        Ok(lead) => lead,
        Err(problems) => return Err(refused(&problems, output)),
    };
    let allocation = match &explain.allocation {
        Some(path) => {
            let allocation: Allocation =
                parsed(path).with_context(|| format!("{} is not an allocation", path.display()))?;
            allocation
        }
        None => Allocation::prior(),
    };
    let bids: BTreeMap<String, Micros> = explain
        .bid
        .iter()
        .map(|text| bid(text))
        .collect::<anyhow::Result<_>>()?;
    let by_source = explain
        .key
        .as_ref()
        .map(|key| format!("{}\u{1f}{key}", lead.source));
    let explanation = what_if(&WhatIf {
        program: &program,
        allocation: &allocation,
        ledger: &Ledger::new(),
        fields: &lead.fields,
        // A file has no database: sticky nodes draw by a key of zeros, others as they would live.
        hash_key: HashKey::default(),
        unit_key: by_source.as_deref().unwrap_or(UNIT_KEY),
        at: lead.at,
        answer: match explain.answer {
            WhatIfAnswer::Accepted => Answer::Accepted,
            WhatIfAnswer::Rejected => Answer::Rejected,
        },
        bids: &bids,
    });
    explain::print(&explanation, output)
}

struct Lead {
    fields: Fields,
    source: String,
    at: Timestamp,
}

impl Lead {
    /// Reads a lead as `/v1/leads` does, `{"source": …, "fields": {…}}`, or its fields alone, including
    /// those that every lead has.
    ///
    /// * `at`: time of receipt, if the lead has none.
    fn read(
        program: &Program,
        mut members: Map<String, Value>,
        at: Timestamp,
    ) -> Result<Self, Vec<Problem>> {
        let schema = program.schema();
        if schema.find("fields").is_none()
            && let Some(Value::Object(fields)) = members.remove("fields")
        {
            for name in ["flow", "idempotency_key", "mode", "deadline_ms"] {
                members.remove(name);
            }
            if let Some(test) = members.remove("test") {
                members.insert("is_test".to_owned(), test);
            }
            members.extend(fields);
        }
        let mut text = |name: &str| match members.remove(name) {
            Some(Value::String(text)) => Ok(Some(text)),
            None | Some(Value::Null) => Ok(None),
            Some(_) => Err(vec![Problem::new(
                "wrong_type",
                name,
                format!("`{name}` is a string"),
            )]),
        };
        let [source, sub_1, sub_2, sub_3, sub_4, sub_5, ..] = ALWAYS;
        let source = text(source)?.unwrap_or_else(|| "what-if".to_owned());
        let sub_ids = [
            text(sub_1)?,
            text(sub_2)?,
            text(sub_3)?,
            text(sub_4)?,
            text(sub_5)?,
        ];
        let received_at = text("received_at")?;
        let at = match received_at {
            Some(text) => text.parse().map_err(|_| {
                let message = format!("`{text}` is not a time");
                let problem = Problem::new("malformed", "received_at", message);
                vec![problem.hint("write it like 2026-01-31T09:30:00Z")]
            })?,
            None => at,
        };
        let is_test = members.remove("is_test") == Some(Value::Bool(true));
        let envelope = Envelope {
            source: &source,
            sub_ids,
            received_at: at,
            is_test,
            stage: Stage::Post,
        };
        let fields = schema.parse(&members, &envelope)?;
        Ok(Self { fields, source, at })
    }
}

/// Reads `zenith=12.50`.
fn bid(text: &str) -> anyhow::Result<(String, Micros)> {
    let (name, amount) = text
        .split_once('=')
        .with_context(|| format!("`{text}` is not a bid; write it like zenith=12.50"))?;
    let amount = amount
        .parse()
        .with_context(|| format!("the bid `{text}`"))?;
    Ok((name.to_owned(), amount))
}

fn refused(problems: &[Problem], output: Output) -> anyhow::Error {
    if output == Output::Json {
        if let Err(error) = out::json(&problems) {
            return error;
        }
    } else {
        for problem in problems {
            out::note(format!("refused: {problem}"));
        }
    }
    out::Reported.into()
}
