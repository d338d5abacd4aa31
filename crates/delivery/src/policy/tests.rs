//! Addresses that are allowed and refused.

use super::{Policy, read_network};

#[test]
fn only_public_addresses_are_allowed() {
    let policy = Policy::public_only();
    for ip in [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:a00:1::",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fdff::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
    ] {
        assert!(!policy.allows(ip.parse().unwrap()), "{ip}");
    }
    for ip in [
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "172.15.0.1",
        "172.32.0.1",
        "192.0.1.1",
        "198.17.0.1",
        "198.20.0.1",
        "223.255.255.255",
        "::ffff:8.8.8.8",
        "2606:4700::1111",
        "2a00:1450::1",
    ] {
        assert!(policy.allows(ip.parse().unwrap()), "{ip}");
    }
}

#[test]
fn allowed_networks_come_first() {
    let policy = Policy {
        allow: vec![
            read_network("10.20.0.0/16").unwrap(),
            read_network("fd12::/32").unwrap(),
        ],
    };
    for (ip, allowed) in [
        ("10.20.3.4", true),
        ("10.21.0.1", false),
        ("fd12::9", true),
        ("fd13::9", false),
    ] {
        assert_eq!(policy.allows(ip.parse().unwrap()), allowed, "{ip}");
    }
    let everything = Policy {
        allow: vec![read_network("0.0.0.0/0").unwrap()],
    };
    assert!(everything.allows("127.0.0.1".parse().unwrap()));
    assert!(!everything.allows("::1".parse().unwrap()));
    assert!(Policy::loopback_too().allows("::1".parse().unwrap()));
    assert!(!Policy::loopback_too().allows("::2".parse().unwrap()));
}

#[test]
fn networks_read_and_print() {
    for text in ["10.0.0.0/8", "fd00::/8", "0.0.0.0/0", "::/0"] {
        assert_eq!(read_network(text).unwrap().to_string(), text);
    }
    assert_eq!(read_network("10.1.2.3").unwrap().to_string(), "10.1.2.3/32");
    for text in [
        "",
        "10.0.0.0/33",
        "::/129",
        "10.0.0/8",
        "localhost",
        "10.0.0.0/x",
    ] {
        assert!(read_network(text).is_err(), "{text}");
    }
}

#[test]
fn an_address_is_forbidden_where_no_connection_would_be_opened_whatever_its_spelling() {
    let policy = Policy::public_only();
    for address in [
        "http://127.0.0.1/",
        "http://2130706433/",
        "http://0x7f.1/",
        "https://[::1]:8443/x",
        "https://[::ffff:10.0.0.1]/",
        "http://localhost:9/",
        "http://tracker.localhost./",
        "http://169.254.169.254/latest",
    ] {
        assert!(policy.forbids(address), "{address}");
    }
    for address in ["https://tracker.example/", "http://8.8.8.8/", "nonsense"] {
        assert!(!policy.forbids(address), "{address}");
    }
    assert!(!Policy::loopback_too().forbids("http://localhost:9/"));
    assert!(!Policy::loopback_too().forbids("http://127.0.0.1:9/"));
}
