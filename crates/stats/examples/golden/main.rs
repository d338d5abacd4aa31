//! How far our numbers are from those of other software: a table of quantities, cases and worst errors.
//!
//! `cargo run --release -p pointsman-stats --example golden`

mod best;
mod late;
mod line;
mod policies;
mod rates;
mod special;

use std::io::Write as _;

fn main() -> std::io::Result<()> {
    let mut lines = special::special_functions();
    lines.extend(special::incomplete());
    lines.extend(best::best_arms());
    lines.extend(best::routing());
    lines.extend(late::delays());
    lines.extend(rates::two_rates());
    lines.extend(rates::groups());
    lines.extend(policies::small());
    lines.extend(policies::open_bandit());
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "| file | quantity | cases | worst error | class | met |"
    )?;
    writeln!(out, "| --- | --- | --: | --: | --- | --- |")?;
    for line in &lines {
        let kind = if line.is_relative {
            "relative"
        } else {
            "absolute"
        };
        let met = if line.is_met() { "yes" } else { "**no**" };
        writeln!(
            out,
            "| {} | {} | {} | {:.1e} | {kind} {:.0e} | {met} |",
            line.file,
            line.quantity,
            line.errors.len(),
            line.worst(),
            line.tolerance,
        )?;
    }
    Ok(())
}
