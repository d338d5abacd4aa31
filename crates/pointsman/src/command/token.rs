//! API tokens, also while a server uses the database.

use anyhow::bail;
use pointsman_control::{Control, NewToken, Role, SIGN_IN_LINK_DURATION, Token};
use pointsman_history::{Clock, open};
use pointsman_store::Store;
use serde_json::json;

use super::database;
use crate::{
    cli::{Output, TokenVerb},
    out,
    settings::Settings,
};

/// Who makes changes from here, where people are named.
const BY: &str = "command line";

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
    let options = pointsman_store::Options {
        migrate: true,
        ..database::options(settings)?
    };
    let (clock, url) = (Clock::real(), database::url(settings, flag));
    let store = match Store::open_beside(&url, &options).await {
        Ok(store) => store,
        // There is no database yet, or one of an earlier release.
        Err(_) => open(&url, &options, &clock, false).await?,
    };
    let control = Control::open(store.clone(), clock).await?.acting_as(BY);
    let done = act(&control, settings, verb, output).await;
    store.close().await?;
    done
}

async fn act(
    control: &Control,
    settings: &Settings,
    verb: &TokenVerb,
    output: Output,
) -> anyhow::Result<()> {
    match verb {
        TokenVerb::Create {
            database: _,
            name,
            role,
            source,
            destination,
            link,
        } => {
            let Some(role) = Role::from_word(role) else {
                bail!(
                    "`{role}` is not a role; use admin, editor, operator, analyst, source or postback"
                );
            };
            let new = NewToken {
                name: name.clone(),
                role,
                source: source.clone(),
                destination: destination.clone(),
            };
            let created = control.create_token(new).await?;
            if *link {
                return sign_in_link(control, settings, &created.token, output).await;
            }
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
            for token in control.tokens().await? {
                out::data(format!(
                    "{}  {:<8}  {}",
                    token.id,
                    token.role.word(),
                    token.name
                ));
            }
        }
        TokenVerb::Revoke { database: _, id } => {
            if !control.revoke_token(id.parse()?).await? {
                bail!("there is no valid token `{id}`");
            }
        }
    }
    Ok(())
}

/// Prints a link that signs a browser in with a token that was just made. Its secret is nowhere: nobody needs it.
async fn sign_in_link(
    control: &Control,
    settings: &Settings,
    token: &Token,
    output: Output,
) -> anyhow::Result<()> {
    let code = control.create_sign_in_link(token.id).await?;
    let base = match settings.public_url()? {
        Some(url) => url.to_string().trim_end_matches('/').to_owned(),
        None => format!("http://{}", settings.listen),
    };
    // Behind `#`, so that no server and no log on the way sees the code.
    let link = format!("{base}/login#code={code}");
    match output {
        Output::Json => out::json(&json!({"id": token.id, "link": link}))?,
        Output::Text => {
            let minutes = SIGN_IN_LINK_DURATION.as_secs() / 60;
            out::note(format!(
                "token {}; whoever opens this first within {minutes} minutes is signed in:",
                token.id
            ));
            out::data(link);
        }
    }
    Ok(())
}
