//! `[links]`: what `brief check --external` may ask, and how gently.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::base::codes;
use crate::base::node::Node;
use crate::base::shape::{Check, Field, Fields, Shape, field};

/// What may be asked, and how.
#[derive(Clone, Debug)]
pub struct Links {
    /// Hosts that are asked; all when there are none.
    pub allow: Vec<String>,
    /// Hosts that are not asked, even if allowed.
    pub deny: Vec<String>,
    /// Whether machines of private networks, and this one, are asked.
    pub private: bool,
    /// Statuses that are good beside 200 to 299.
    pub accept: Vec<u16>,
    /// Seconds that an answer may take.
    pub timeout: f64,
    /// Requests a second to one host.
    pub rate: f64,
    /// Days for which a good answer holds.
    pub cache_days: f64,
}

const STATUS: Shape = Shape::Whole(100, 999);
const TIMEOUT: Shape = Shape::Number(0.1, 600.0);
const RATE: Shape = Shape::Number(0.01, 100.0);
const CACHE_DAYS: Shape = Shape::Number(0.0, 3650.0);

/// What could never be a host's name would allow or deny nothing, and nobody would notice.
const HOST: Check = Check {
    name: "a host",
    accepts: host,
    code: &codes::BAD_SETTING,
    help: "such as \"example.org\", \"*.example.org\" for all below it, \"192.0.2.7\", \"[2001:db8::7]\", or \"*\"",
};

fn host(text: &str) -> Result<(), String> {
    let name = text.strip_prefix("*.").unwrap_or(text);
    if text == "*" {
        return Ok(());
    }
    if text.contains("://") || text.contains('/') {
        return Err("has more than a name: no scheme, no path".to_owned());
    }
    if let Some(inside) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        let address = inside.parse::<Ipv6Addr>().map_err(|_| "is no IPv6 address".to_owned())?;
        let usual = address.to_string();
        return if usual == inside { Ok(()) } else { Err(format!("is written `[{usual}]`")) };
    }
    if text.contains(':') {
        return Err("has a port, or is an IPv6 address without its brackets".to_owned());
    }
    if !name.is_ascii() {
        return Err("has letters beyond ASCII: write it as browsers send it, `xn--…`".to_owned());
    }
    let is_label = |label: &str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    if !name.split('.').all(is_label) {
        return Err("has an empty part, or a character that no name has".to_owned());
    }
    let is_number =
        name.rsplit('.').next().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()));
    match is_number && (name != text || name.parse::<Ipv4Addr>().is_err()) {
        true => Err("is no IPv4 address".to_owned()),
        false => Ok(()),
    }
}

pub(super) const FIELDS: &[Field] = &[
    field(
        "allow",
        Shape::List(&Shape::Checked(&HOST)),
        "Hosts that are asked: \"example.org\", or \"*.example.org\" for all below it. Default: [], which is every host.",
    ),
    field(
        "deny",
        Shape::List(&Shape::Checked(&HOST)),
        "Hosts that are not asked, even if `allow` has them. Default: [].",
    ),
    field(
        "private",
        Shape::Flag,
        "Ask this machine and private networks too. Without it, an address that leads there is left alone. Default: false.",
    ),
    field(
        "accept",
        Shape::List(&STATUS),
        "Statuses that are good beside 200 to 299, such as [403] for hosts that refuse programs. Default: [].",
    ),
    field("timeout", TIMEOUT, "Seconds that an answer may take. Default: 20."),
    field("rate", RATE, "Requests a second to one host. Default: 2."),
    field(
        "cache_days",
        CACHE_DAYS,
        "Days for which a good answer is remembered; a bad one never is. Default: 7.",
    ),
];

impl Links {
    /// Reads the table; absent keys have their defaults.
    pub(super) fn of(node: Option<&Node>) -> Self {
        let empty = Node::empty();
        let fields = Fields(node.unwrap_or(&empty));
        let hosts =
            |name: &str| fields.texts(name).into_iter().map(|host| host.value.to_lowercase()).collect();
        let statuses = fields.texts("accept").into_iter().filter_map(|text| text.value.parse().ok());
        Self {
            allow: hosts("allow"),
            deny: hosts("deny"),
            private: fields.flag("private").unwrap_or(false),
            accept: statuses.collect(),
            timeout: fields.number("timeout", &TIMEOUT).unwrap_or(20.0),
            rate: fields.number("rate", &RATE).unwrap_or(2.0),
            cache_days: fields.number("cache_days", &CACHE_DAYS).unwrap_or(7.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_no_host_is_refused() {
        for good in
            ["example.org", "*.Example.org", "*", "192.0.2.7", "[2001:db8::7]", "xn--bcher-kva.de", "nas_1"]
        {
            assert_eq!(host(good), Ok(()), "{good}");
        }
        for (bad, why) in [
            ("http://127.0.0.1/", "no scheme"),
            ("example.org/path", "no path"),
            ("example.org:8080", "a port"),
            ("::1", "brackets"),
            ("[::0:1]", "is written `[::1]`"),
            ("127.*", "character"),
            ("127.0.0.1 ", "character"),
            ("example.org.", "an empty part"),
            ("127.1", "IPv4"),
            ("*.0.0.1", "IPv4"),
            ("bücher.de", "xn--"),
            ("", "an empty part"),
        ] {
            assert!(host(bad).is_err_and(|words| words.contains(why)), "{bad}: {:?}", host(bad));
        }
    }
}
