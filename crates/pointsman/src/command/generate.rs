//! Generated leads, as bodies of requests to `/v1/leads`.

use std::io::Write as _;

use pointsman_testkit::World;
use serde_json::json;

use crate::cli::Generate;

pub(super) fn run(generate: &Generate) -> anyhow::Result<()> {
    let world = World::new(generate.seed);
    let mut lines = std::io::BufWriter::new(std::io::stdout().lock());
    for lead in world.leads(generate.leads) {
        let mut line = json!({
            "flow": "auto-insurance",
            "source": lead.source,
            "idempotency_key": lead.key,
            "fields": lead.fields,
        });
        for (position, sub_id) in lead.sub_ids().into_iter().enumerate() {
            if let Some(sub_id) = sub_id {
                line[format!("sub_id_{}", position + 1)] = sub_id.into();
            }
        }
        serde_json::to_writer(&mut lines, &line)?;
        lines.write_all(b"\n")?;
    }
    lines.flush()?;
    Ok(())
}
