//! Who may ask. The preview shows what is not published yet, so it answers this machine's writer only: not
//! another site's page in the same browser, nor a name that was made to lead here (DNS rebinding).

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, HeaderName, Method, StatusCode, Uri, header};

use super::wrap;

/// Why a request is not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refusal(pub(super) StatusCode, pub(super) &'static str);

/// Names by which the preview may be called, beside those of this machine's loopback.
#[derive(Clone, Debug, Default)]
pub(super) struct Names(Vec<String>);

impl Names {
    /// Those that the writer gave.
    pub(super) fn new(given: impl IntoIterator<Item = String>) -> Self {
        Self(given.into_iter().filter_map(|name| host_name(&name)).collect())
    }

    /// Whether a `Host` header calls us. `local` is the address that the client connected to.
    fn hold(&self, host: &str, local: SocketAddr) -> bool {
        let Some(name) = name_of(host) else { return false };
        let name = name.to_ascii_lowercase();
        if let Ok(address) = name.parse::<IpAddr>() {
            return address.is_loopback() || address == local.ip().to_canonical() || self.0.contains(&name);
        }
        let name = name.strip_suffix('.').unwrap_or(&name);
        name == "localhost" || name.ends_with(".localhost") || self.0.iter().any(|given| given == name)
    }
}

/// A name as it is compared: without a port, brackets, a last dot or capitals. `None` for what can be no name.
pub fn host_name(given: &str) -> Option<String> {
    let name = if given.parse::<std::net::Ipv6Addr>().is_ok() { given } else { name_of(given)? };
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte));
    (is_name && !name.is_empty()).then_some(name)
}

/// The name or address without its port; an IPv6 address without its brackets.
fn name_of(host: &str) -> Option<&str> {
    let (name, port) = match host.strip_prefix('[') {
        Some(rest) => rest.split_once(']').filter(|(name, _)| name.contains(':'))?,
        None => host.find(':').map_or((host, ""), |at| host.split_at(at)),
    };
    let is_port = port.is_empty()
        || port.strip_prefix(':').is_some_and(|port| port.bytes().all(|byte| byte.is_ascii_digit()));
    (is_port && !name.is_empty()).then_some(name)
}

/// Whether a request is to be answered.
pub(super) fn admit(
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    names: &Names,
    local: SocketAddr,
) -> Result<(), Refusal> {
    let forbidden = |why| Err(Refusal(StatusCode::FORBIDDEN, why));
    let hosts: Vec<_> = headers.get_all(header::HOST).iter().collect();
    let [host] = hosts[..] else {
        return Err(Refusal(StatusCode::BAD_REQUEST, "exactly one Host header is needed"));
    };
    let host = host.to_str().unwrap_or_default();
    if !names.hold(host, local) || uri.authority().is_some_and(|other| !names.hold(other.as_str(), local)) {
        return forbidden("this name does not lead here; `brief serve --allow-host NAME` lets it");
    }
    let mut origins = headers.get_all(header::ORIGIN).iter();
    if !origins.all(|origin| is_own(origin.to_str().unwrap_or_default(), host)) {
        return forbidden("pages of other sites may not read the preview");
    }
    if !is_fetched_here(method, uri, headers) {
        return forbidden("pages of other sites may not load the preview");
    }
    if method != Method::GET && method != Method::HEAD {
        return Err(Refusal(StatusCode::METHOD_NOT_ALLOWED, "the preview can be read, and nothing else"));
    }
    Ok(())
}

/// An origin is ours if it is the address that the request went to.
fn is_own(origin: &str, host: &str) -> bool {
    let rest = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    rest.is_some_and(|rest| rest.eq_ignore_ascii_case(host))
}

/// What the browser says of who asks: our own pages, or the writer who types an address or follows a link.
fn is_fetched_here(method: &Method, uri: &Uri, headers: &HeaderMap) -> bool {
    let said = |name: &'static str| {
        headers.get(HeaderName::from_static(name)).map(|value| value.to_str().unwrap_or("?"))
    };
    match said("sec-fetch-site") {
        None | Some("same-origin" | "none") => true,
        Some("same-site" | "cross-site") => {
            let navigates = said("sec-fetch-mode") == Some("navigate");
            let is_page = said("sec-fetch-dest") == Some("document");
            let is_own = uri.path().starts_with(wrap::FOLDER);
            method == Method::GET && navigates && is_page && !is_own
        }
        Some(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_ours_or_not() {
        let names = Names::new(["Desk.example.:4000".to_owned(), "[fd00::7]".to_owned()]);
        let local = SocketAddr::from(([192, 168, 1, 5], 4000));
        for host in [
            "localhost",
            "LOCALHOST:4000",
            "a.localhost:1",
            "localhost.",
            "127.0.0.1:4000",
            "127.9.9.9",
            "[::1]:4000",
            "[::1]",
            "desk.example:99",
            "DESK.example",
            "192.168.1.5:4000",
            "[fd00::7]:4000",
        ] {
            assert!(names.hold(host, local), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "localhost.evil.example",
            "evil.example:4000",
            "127.0.0.1.evil.example",
            "192.168.1.6",
            "::1",
            "[::1",
            "[::2]",
            "[localhost]",
            "localhost:x",
            "localhost:4000:4000",
            "localhost@evil.example",
            "evil.example#localhost",
            "0.0.0.0",
            "localhost/",
            "2130706433",
        ] {
            assert!(!names.hold(host, local), "{host}");
        }
    }
}
