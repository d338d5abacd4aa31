//! R15: destinations at addresses that nobody may be connected to, in every spelling.

use std::{
    io::ErrorKind,
    net::{IpAddr, TcpListener, UdpSocket},
    process::Command,
    time::Duration,
};

use acceptance::{
    program::pointsman,
    server::Server,
    site::{one_after_the_other, publish, solar_fields, solar_lead, token},
    wire::Wire,
};
use serde_json::json;

use crate::{outcome::Outcome, plan::Plan};

/// A network whose addresses are this machine too, and which one server may connect to.
const ALLOWED: &str = "127.77.0.0/16";
const ALLOWED_HOST: &str = "127.77.0.1";

fn within_a_network() -> Command {
    let mut command = pointsman();
    command.env("POINTSMAN_ALLOW_NETWORKS", ALLOWED);
    command
}

/// Listeners that nobody may connect to, on all addresses of this machine.
struct Canaries {
    port: u16,
    listeners: Vec<TcpListener>,
}

impl Canaries {
    fn open() -> Self {
        let first = TcpListener::bind("0.0.0.0:0").unwrap();
        let port = first.local_addr().unwrap().port();
        // Where there is no IPv6 nothing can be reached by it.
        let second = TcpListener::bind(("::1", port)).ok();
        let listeners: Vec<TcpListener> = [Some(first), second].into_iter().flatten().collect();
        for listener in &listeners {
            listener.set_nonblocking(true).unwrap();
        }
        Self { port, listeners }
    }

    /// Connections that were opened; the system keeps them until they are asked for.
    fn n_touched(&self) -> usize {
        let opened = |listener: &TcpListener| {
            let mut n = 0;
            loop {
                match listener.accept() {
                    Err(error) if error.kind() == ErrorKind::WouldBlock => return n,
                    Ok(_) | Err(_) => n += 1,
                }
            }
        };
        self.listeners.iter().map(opened).sum()
    }
}

/// The address by which others reach this machine, if it has one.
fn own_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    // Nothing is sent: the system says by which address it would be.
    socket.connect("192.0.2.1:9").ok()?;
    let address = socket.local_addr().ok()?.ip();
    (!address.is_loopback() && !address.is_unspecified()).then_some(address)
}

/// Hosts that mean this machine, or one that belongs to nobody else.
fn hosts() -> Vec<String> {
    let fixed = [
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "017700000001",
        "127.255.255.254",
        "0.0.0.0",
        "0",
        "[::1]",
        "[::]",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "[2002:7f00:1::]",
        "localhost",
        "LOCALHOST",
        "localhost.",
        "127.0.0.1.",
        "１２７.０.０.１",
        "127。0。0。1",
        "%31%32%37.0.0.1",
        "user:password@127.0.0.1",
    ];
    let mut hosts: Vec<String> = fixed.map(str::to_owned).to_vec();
    hosts.extend(own_address().map(|own| own.to_string()));
    hosts
}

/// Addresses at which nobody of ours listens: whoever connects to them would wait.
const ELSEWHERE: [&str; 6] = [
    "169.254.169.254",
    "10.0.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "[fe80::1%25eth0]",
    "[fd00:ec2::254]",
];

/// Once; it knows no moments.
pub(super) async fn run(plan: Plan) -> Option<Outcome> {
    let mut outcome = Outcome::of("R15", "SQLite", &plan);
    let canaries = Canaries::open();
    let mut server = Server::start_guarded(pointsman);
    let urls = hosts()
        .into_iter()
        .map(|host| format!("http://{host}:{}/leads", canaries.port));
    let mut urls: Vec<String> = urls.collect();
    urls.extend(ELSEWHERE.map(|host| format!("http://{host}/latest/meta-data")));
    let n_urls = urls.len();
    let (n_refused, sold) = offered(&server, &urls).await;
    let told = format!("{n_refused} of {n_urls} refused when they were put; leads: {sold:?}");
    outcome.must(
        "no lead is sold to an address that is not public",
        told,
        sold.is_empty(),
    );
    let n_touched = canaries.n_touched();
    outcome.must("no connection is opened", n_touched, n_touched == 0);
    server.stop_after_trouble();

    // A buyer that may be connected to, and points elsewhere.
    let mut server = Server::start_guarded(within_a_network);
    let listener = tokio::net::TcpListener::bind((ALLOWED_HOST, 0))
        .await
        .unwrap();
    let port = canaries.port;
    let buyer = Wire::on(listener, move |n, _| {
        let status = [301, 302, 303, 307, 308][n % 5];
        let location = format!("http://127.0.0.1:{port}/leads");
        (status, vec![("location", location)], String::new())
    });
    let urls: Vec<String> = (0..5)
        .map(|n| format!("{}/leads/{n}", buyer.base))
        .collect();
    let (n_refused, sold) = offered(&server, &urls).await;
    let n_asked = buyer.asked().len();
    let told = format!("{n_asked} redirects; {n_refused} refused, leads: {sold:?}");
    outcome.must(
        "a redirect is not followed",
        told,
        sold.is_empty() && n_asked == 5,
    );
    let n_touched = canaries.n_touched();
    outcome.must("no connection is opened by it", n_touched, n_touched == 0);
    server.stop_after_trouble();
    Some(outcome)
}

/// Puts a destination at each address, and sends a lead to each; how many could not be put, and leads that were sold.
async fn offered(server: &Server, urls: &[String]) -> (usize, Vec<String>) {
    let admin = server.admin();
    let schema = json!({"vertical": "solar", "fields": solar_fields()});
    admin.change("putLeadSchema", &schema, "").await;
    let source = server.caller(&token(&admin, "SOURCE", json!({"source": "web"})).await);
    let (mut n_refused, mut sold) = (0, Vec::new());
    for (n, url) in urls.iter().enumerate() {
        let name = format!("d{n}");
        // Those beyond our machine would keep us waiting if they were connected to.
        let target = json!({"url": url, "timeout_ms": 500});
        let put = json!({"name": name, "target": target, "settings": {"on_unknown": "hold"}});
        let payload = admin.mutation("putDestination", &put, "").await;
        if payload["userErrors"] != json!([]) {
            n_refused += 1;
            continue;
        }
        publish(&admin, &one_after_the_other(&[name.as_str()])).await;
        let told = source.lead(&solar_lead()).await.json();
        if told["status"] == "sold" {
            sold.push(format!("{url}: {told}"));
        }
    }
    // What the system still has on its way would be there by now.
    tokio::time::sleep(Duration::from_millis(100)).await;
    (n_refused, sold)
}
