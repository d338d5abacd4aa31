//! From a failed request to its class.

use std::{error::Error, io};

use super::{Leaving, resolver::Fault};
use crate::{NotSent, Outcome, Unknown};

/// The class of a request that brought no whole answer.
///
/// Details are the innermost causes: the outer ones name the address, which may hold a secret.
pub(super) fn outcome(error: &reqwest::Error, leaving: &Leaving, host: &str) -> Outcome {
    let host = host.to_owned();
    let detail = || innermost(error);
    let why = if let Some(fault) = find::<Fault>(error) {
        match fault {
            Fault::Blocked => NotSent::Blocked { host },
            Fault::NoAddress(_) => NotSent::Dns { host },
        }
    } else if error.is_connect() && find::<rustls::Error>(error).is_some() {
        NotSent::Tls { detail: detail() }
    } else if error.is_connect() {
        NotSent::Connect { detail: detail() }
    } else if error.is_builder() {
        NotSent::Unbuildable { detail: detail() }
    } else if leaving.never_began() {
        NotSent::Connect { detail: detail() }
    } else {
        return Outcome::Unknown {
            why: Unknown::Broken { detail: detail() },
        };
    };
    Outcome::NotSent { why }
}

/// The first cause of this type, also inside of IO errors, whose own chain skips what they wrap.
fn find<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    causes(error).find_map(|cause| cause.downcast_ref())
}

fn innermost(error: &reqwest::Error) -> String {
    causes(error)
        .last()
        .map(ToString::to_string)
        .unwrap_or_default()
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&cause| inner(cause))
}

fn inner<'a>(cause: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    let wrapped = cause.downcast_ref().and_then(io::Error::get_ref);
    match wrapped {
        Some(wrapped) => Some(wrapped),
        None => cause.source(),
    }
}
