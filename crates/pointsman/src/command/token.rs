//! API tokens, on a database that no running server uses.

use std::time::Duration;

use anyhow::{Context as _, bail};
use pointsman_delivery::Policy;
use pointsman_service::{
    Clock, Options, Platform,
    config::{NewToken, Role},
};
use serde_json::json;

use super::database;
use crate::{
    cli::{Output, TokenVerb},
    out,
    settings::Settings,
};

pub(super) async fn run(
    settings: &Settings,
    verb: &TokenVerb,
    output: Output,
) -> anyhow::Result<()> {
    let flag = match verb {
        TokenVerb::Create { database, .. }
        | TokenVerb::Revoke { database, .. }
        | TokenVerb::List(database) => database.db.as_deref(),
    };
    let platform = Platform::open(Options {
        database_url: database::url(settings, flag),
        store: pointsman_store::Options {
            migrate: true,
            ..database::options(settings)
        },
        clock: Clock::real(),
        accept_clock: false,
        policy: Policy::public_only(),
        limits: pointsman_delivery::Limits::default(),
        learning: pointsman_bandit::Config::default(),
        jobs: std::collections::BTreeMap::new(),
    })
    .await
    .context("if a server is running, use its GraphQL mutation `createToken`")?;
    let done = act(&platform, verb, output).await;
    platform.stop(Duration::from_secs(1)).await?;
    done
}

async fn act(platform: &Platform, verb: &TokenVerb, output: Output) -> anyhow::Result<()> {
    match verb {
        TokenVerb::Create {
            database: _,
            name,
            role,
            source,
            destination,
        } => {
            let Some(role) = Role::from_word(role) else {
                bail!("`{role}` is not a role; use admin, editor, analyst, source or postback");
            };
            let new = NewToken {
                name: name.clone(),
                role,
                source: source.clone(),
                destination: destination.clone(),
            };
            let created = platform.create_token(new).await?;
            match output {
                Output::Json => {
                    out::json(&json!({"id": created.token.id, "secret": created.secret}))?;
                }
                Output::Text => {
                    out::note(format!(
                        "token {}; its secret is shown only now:",
                        created.token.id
                    ));
                    out::data(created.secret);
                }
            }
        }
        TokenVerb::List(_) => {
            for token in platform.tokens().await? {
                out::data(format!(
                    "{}  {:<8}  {}",
                    token.id,
                    token.role.word(),
                    token.name
                ));
            }
        }
        TokenVerb::Revoke { database: _, id } => {
            if !platform.revoke_token(id).await? {
                bail!("there is no valid token `{id}`");
            }
        }
    }
    Ok(())
}
