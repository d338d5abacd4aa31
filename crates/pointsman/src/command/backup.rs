//! Copies of the database: taken while a server runs, checked, and put back.

use std::{
    fmt::Write as _,
    fs::File,
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use pointsman_history::Clock;
use pointsman_store::{CopiedFile, Store};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::database;
use crate::{
    cli::{Backup, Output, Restore},
    out,
    settings::Settings,
};

/// Version of manifests.
const FORMAT: u32 = 1;

/// What a backup holds, beside it as JSON.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    format: u32,
    /// Version of the program that took it.
    program: String,
    /// RFC 3339.
    taken_at: String,
    /// The last number in commit order.
    commit_number: i64,
    leads: i64,
    bytes: u64,
    /// Of the file, hex.
    sha256: String,
}

pub(super) async fn take(
    settings: &Settings,
    backup: &Backup,
    output: Output,
) -> anyhow::Result<()> {
    let url = database::url(settings, backup.database.db.as_deref());
    if url.starts_with("postgres") {
        bail!("PostgreSQL makes its own backups: use `pg_dump -Fc`, or base backups with its log");
    }
    let manifest_file = manifest_of(&backup.file);
    if backup.file.exists() {
        bail!("{} exists already", backup.file.display());
    }
    let taken_at = Clock::real().now().to_string();
    let part = with(&backup.file, ".part");
    // What a backup that was cut off has left.
    let _ = std::fs::remove_file(&part);
    let copied = Store::copy_file(&url, &part).await?;
    let manifest = manifest(&copied, &part, taken_at)?;
    // The manifest comes first: a backup that has its name is whole.
    let text = serde_json::to_string_pretty(&manifest)?;
    write(&manifest_file, &format!("{text}\n"))?;
    std::fs::rename(&part, &backup.file).with_context(|| format!("{}", backup.file.display()))?;
    keep_folder(&backup.file)?;
    show(&manifest, &backup.file, output)
}

pub(super) async fn restore(
    settings: &Settings,
    restore: &Restore,
    output: Output,
) -> anyhow::Result<()> {
    let url = database::url(settings, restore.database.db.as_deref());
    if url.starts_with("postgres") {
        bail!("a backup of a file becomes a file; PostgreSQL restores its own with `pg_restore`");
    }
    let path = manifest_of(&restore.file);
    let text = std::fs::read_to_string(&path).with_context(|| format!("{}", path.display()))?;
    let told: Manifest =
        serde_json::from_str(&text).with_context(|| format!("{}", path.display()))?;
    if told.format != FORMAT {
        bail!(
            "the manifest has format {}; this program reads {FORMAT}",
            told.format
        );
    }
    let found = sha256(&restore.file)?;
    if found != told.sha256 {
        bail!(
            "{} is damaged: its SHA-256 is {found}, and the manifest has {}",
            restore.file.display(),
            told.sha256
        );
    }
    let copied = Store::look_at_copy(&restore.file).await?;
    if copied.number != told.commit_number || copied.leads != told.leads {
        bail!(
            "{} is of another moment than its manifest",
            restore.file.display()
        );
    }
    let database = Store::put_copy(&restore.file, &url)?;
    show(&told, &database, output)
}

fn manifest(copied: &CopiedFile, file: &Path, taken_at: String) -> anyhow::Result<Manifest> {
    let CopiedFile {
        number,
        leads,
        bytes,
    } = *copied;
    Ok(Manifest {
        format: FORMAT,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        taken_at,
        commit_number: number,
        leads,
        bytes,
        sha256: sha256(file)?,
    })
}

fn show(manifest: &Manifest, file: &Path, output: Output) -> anyhow::Result<()> {
    match output {
        Output::Json => out::json(&serde_json::to_value(manifest)?),
        Output::Text => {
            out::data(format!(
                "{}: {} leads up to commit {}, {} bytes, taken at {}",
                file.display(),
                manifest.leads,
                manifest.commit_number,
                manifest.bytes,
                manifest.taken_at
            ));
            Ok(())
        }
    }
}

fn sha256(file: &Path) -> anyhow::Result<String> {
    let mut reader = File::open(file).with_context(|| format!("{}", file.display()))?;
    let (mut hash, mut buffer) = (Sha256::new(), vec![0; 1 << 20]);
    loop {
        let n_read = reader.read(&mut buffer)?;
        if n_read == 0 {
            break;
        }
        hash.update(&buffer[..n_read]);
    }
    let mut digits = String::with_capacity(64);
    for byte in hash.finalize() {
        // Writing to a text never fails.
        let _ = write!(digits, "{byte:02x}");
    }
    Ok(digits)
}

fn manifest_of(file: &Path) -> PathBuf {
    with(file, ".manifest.json")
}

fn with(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    let mut file = File::create(path).with_context(|| format!("{}", path.display()))?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    Ok(())
}

fn keep_folder(path: &Path) -> anyhow::Result<()> {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    Ok(())
}
