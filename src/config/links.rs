//! `[links]`: what `brief check --external` may ask, and how gently.

use crate::base::node::Node;
use crate::base::shape::{Field, Fields, Shape, field};

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

pub(super) const FIELDS: &[Field] = &[
    field(
        "allow",
        Shape::List(&Shape::Text),
        "Hosts that are asked: \"example.org\", or \"*.example.org\" for all below it. Default: [], which is every host.",
    ),
    field(
        "deny",
        Shape::List(&Shape::Text),
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
