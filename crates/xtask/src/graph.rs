//! The picture of the crates: layers from what a user starts down to what knows nobody.

use std::collections::BTreeMap;
use std::process::ExitCode;

use anyhow::Result;

use crate::metadata::{Metadata, short};
use crate::say;

const WIDTH: usize = 60;

/// Prints the picture, then one line for each crate.
///
/// # Errors
///
/// When cargo cannot tell the crates.
pub(crate) fn run() -> Result<ExitCode> {
    let metadata = Metadata::read()?;
    let layers = layers(&metadata);
    for (depth, names) in layers.iter().rev().enumerate() {
        if depth > 0 {
            say::out(format!("{:^WIDTH$}", "│").trim_end());
        }
        say::out(format!("{:^WIDTH$}", names.join("   ")).trim_end());
    }
    say::out("");
    for name in layers.iter().rev().flatten() {
        say::out(line(&metadata, name));
    }
    Ok(ExitCode::SUCCESS)
}

/// Crates by height: the lowest layer first, each crate above all that it uses.
fn layers(metadata: &Metadata) -> Vec<Vec<&str>> {
    let uses: BTreeMap<&str, Vec<&str>> = metadata
        .packages
        .iter()
        .map(|it| (it.name.as_str(), it.uses()))
        .collect();
    let mut heights: BTreeMap<&str, usize> = BTreeMap::new();
    for name in uses.keys() {
        height(name, &uses, &mut heights);
    }
    let top = heights.values().copied().max().unwrap_or(0);
    let mut layers = vec![Vec::new(); top + 1];
    for (name, height) in heights {
        layers[height].push(short(name));
    }
    layers
}

/// One more than the highest crate that this one uses. Cargo refuses cycles, so this ends.
fn height<'a>(
    name: &'a str,
    uses: &BTreeMap<&'a str, Vec<&'a str>>,
    heights: &mut BTreeMap<&'a str, usize>,
) -> usize {
    if let Some(known) = heights.get(name) {
        return *known;
    }
    let below = uses.get(name).map_or(&[][..], Vec::as_slice);
    let found = below
        .iter()
        .map(|it| height(it, uses, heights) + 1)
        .max()
        .unwrap_or(0);
    heights.insert(name, found);
    found
}

/// `api  HTTP and GraphQL in.  Uses flow, lead, …`
fn line(metadata: &Metadata, name: &str) -> String {
    let Some(package) = metadata.packages.iter().find(|it| it.short() == name) else {
        return name.to_owned();
    };
    let purpose = package.description.as_deref().unwrap_or_default();
    let uses: Vec<&str> = package.uses().into_iter().map(short).collect();
    let uses = if uses.is_empty() {
        String::new()
    } else {
        format!("  Uses {}.", uses.join(", "))
    };
    format!("{name:<15} {purpose}{uses}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_stands_above_all_that_it_uses() {
        let metadata = Metadata::read().unwrap();
        let layers = layers(&metadata);
        let height = |name: &str| layers.iter().position(|it| it.contains(&name)).unwrap();
        for package in &metadata.packages {
            for used in package.uses() {
                assert!(height(package.short()) > height(short(used)));
            }
        }
    }
}
