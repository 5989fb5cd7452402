//! Which hosts may be asked.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::config::Links;

/// Whether the settings allow a host, by its name alone.
pub(super) fn allows(links: &Links, host: &str) -> bool {
    let host = host.trim_end_matches('.').to_lowercase();
    let has = |list: &[String]| list.iter().any(|pattern| fits(pattern, &host));
    (links.allow.is_empty() || has(&links.allow)) && !has(&links.deny)
}

/// The host that `lychee-lib` asks in place of another: YouTube has a page for every video, even one that is gone,
/// and a picture only for those that are there. It goes by how the name begins.
pub(super) fn stands_in(host: &str) -> Option<&'static str> {
    let host = host.strip_prefix("www.").unwrap_or(host);
    let is_video = ["youtube.com", "youtube-nocookie.com", "youtu.be"].iter().any(|it| host.starts_with(it));
    is_video.then_some("img.youtube.com")
}

/// Whether a name is this machine's by its meaning, whoever looks it up (RFC 6761).
pub(super) fn is_this_machine(host: &str) -> bool {
    let host = host.trim_end_matches('.');
    host.eq_ignore_ascii_case("localhost") || host.to_ascii_lowercase().ends_with(".localhost")
}

fn fits(pattern: &str, host: &str) -> bool {
    match pattern.strip_prefix("*.") {
        Some(domain) => host.strip_suffix(domain).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.')),
        None => pattern == host || pattern == "*",
    }
}

/// Whether an address is one of the open net: not this machine, a private network, or one with a special use.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_4(address),
        IpAddr::V6(address) => address.to_ipv4_mapped().map_or_else(|| is_public_6(address), is_public_4),
    }
}

fn is_public_4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_shared = a == 100 && (64..128).contains(&b);
    let is_protocol = (a, b, c) == (192, 0, 0);
    let is_benchmark = a == 198 && (18..20).contains(&b);
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_multicast()
        || a == 0
        || a >= 240
        || is_shared
        || is_protocol
        || is_benchmark)
}

fn is_public_6(address: Ipv6Addr) -> bool {
    // The net gives out 2000::/3; within it, examples, and ways to wrap an address of IPv4 that nobody needs.
    let [a, b, ..] = address.segments();
    let is_wrapped = a == 0x2002 || (a, b) == (0x2001, 0);
    a & 0xe000 == 0x2000 && (a, b) != (0x2001, 0x0db8) && !is_wrapped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_the_open_net_are_known() {
        for address in ["8.8.8.8", "2606:4700::1111", "::ffff:1.1.1.1"] {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
        let others = [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "192.0.2.1",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "::ffff:127.0.0.1",
            "2002:7f00:1::",
            "64:ff9b::7f00:1",
        ];
        for address in others {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn names_that_lead_elsewhere_are_known() {
        assert_eq!(stands_in("www.youtube.com"), Some("img.youtube.com"));
        assert_eq!(stands_in("youtu.be"), Some("img.youtube.com"));
        assert_eq!(stands_in("img.youtube.com"), None);
        assert!(["localhost", "localhost.", "a.LOCALHOST"].iter().all(|host| is_this_machine(host)));
        assert!(!is_this_machine("localhost.example.org"));
    }

    #[test]
    fn hosts_fit_patterns() {
        let of = |pattern: &str, host: &str| fits(pattern, host);
        assert!(of("example.org", "example.org") && !of("example.org", "a.example.org"));
        assert!(of("*.example.org", "a.b.example.org") && !of("*.example.org", "example.org"));
        assert!(!of("*.example.org", "badexample.org") && of("*", "any"));
    }
}
