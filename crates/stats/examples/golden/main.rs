//! How far our numbers are from those of other software: a table of quantities, cases and worst errors.
//!
//! `cargo run --release -p pointsman-stats --example golden`

mod all;
mod best;
mod differences;
mod late;
mod line;
mod plans;
mod policies;
mod rates;
mod sequences;
mod special;
mod splits;

use std::io::Write as _;

fn main() -> std::io::Result<()> {
    let lines = all::lines();
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
