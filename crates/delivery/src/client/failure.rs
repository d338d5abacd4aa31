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
            Fault::NoAddress(cause) => NotSent::Dns {
                host,
                certain: cause.as_ref().is_none_or(has_no_address),
            },
        }
    } else if error.is_connect() && is_local(error) {
        NotSent::Local { detail: detail() }
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

/// Whether a resolver said that there is no such name, or that it has no address. Everything else that
/// keeps a name from being looked up may be on our side.
///
/// By the words of the C libraries, since the standard library does not hand their codes on.
fn has_no_address(error: &io::Error) -> bool {
    let text = error.to_string();
    [
        // glibc, and the BSDs in part
        "Name or service not known",
        "No address associated with",
        // musl
        "Name does not resolve",
        "Name has no usable address",
        // macOS
        "nodename nor servname provided",
    ]
    .iter()
    .any(|words| text.contains(words))
}

/// Whether a connection was not made for want of something on our own machine.
fn is_local(error: &(dyn Error + 'static)) -> bool {
    use io::ErrorKind;
    // The same numbers on every Unix: too many files of the system, of this process.
    const ENFILE: i32 = 23;
    const EMFILE: i32 = 24;
    causes(error).any(|cause| {
        if let Some(cause) = cause.downcast_ref::<io::Error>() {
            matches!(cause.raw_os_error(), Some(ENFILE | EMFILE))
                || matches!(
                    cause.kind(),
                    // No free port; no route; a firewall of ours.
                    ErrorKind::AddrNotAvailable
                        | ErrorKind::NetworkDown
                        | ErrorKind::NetworkUnreachable
                        | ErrorKind::OutOfMemory
                        | ErrorKind::PermissionDenied
                )
        } else {
            matches!(
                cause.downcast_ref::<rustls::Error>(),
                Some(rustls::Error::FailedToGetCurrentTime | rustls::Error::FailedToGetRandomBytes)
            )
        }
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_resolver_that_knows_speaks_against_a_name() {
        let said = |text: &str| {
            has_no_address(&io::Error::other(format!(
                "failed to lookup address information: {text}"
            )))
        };
        assert!(said("Name or service not known"));
        assert!(said("nodename nor servname provided, or not known"));
        assert!(!said("Temporary failure in name resolution"));
        assert!(!said("System error"));
        assert!(!said("Too many open files"));
    }

    #[test]
    fn what_our_own_machine_lacks_is_not_the_destinations_doing() {
        #[derive(Debug, thiserror::Error)]
        #[error("connect")]
        struct Outer(#[source] io::Error);
        for code in [23, 24] {
            assert!(is_local(&Outer(io::Error::from_raw_os_error(code))));
        }
        for kind in [
            io::ErrorKind::AddrNotAvailable,
            io::ErrorKind::NetworkUnreachable,
        ] {
            assert!(is_local(&Outer(kind.into())));
        }
        for kind in [
            io::ErrorKind::ConnectionRefused,
            io::ErrorKind::ConnectionReset,
            io::ErrorKind::HostUnreachable,
            io::ErrorKind::TimedOut,
        ] {
            assert!(!is_local(&Outer(kind.into())));
        }
    }
}
