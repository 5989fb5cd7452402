//! `brief config`: a configuration for the web server that shows what `brief publish` publishes.

use super::args::{Auth, ConfigFlags, Server, SiteFlags};
use super::shell::Shell;
use super::status::{Failure, Status};

/// What pages of the built-in theme need, and no more.
const POLICY: &str =
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";

/// Prints it.
pub(super) fn run(given: &ConfigFlags, flags: &SiteFlags, shell: &Shell) -> Result<Status, Failure> {
    let edition = flags.edition.as_deref();
    let root = given.root.trim_end_matches('/');
    // What is put into a configuration must not be able to end the word that it stands in.
    let is_plain = |text: &str, marks: &str| text.chars().all(|c| c.is_alphanumeric() || marks.contains(c));
    for (name, text, marks) in [
        ("--root", root, "/._-+@ "),
        ("--tls", given.tls.as_deref().unwrap_or_default(), "/._-+@ "),
        ("--host", &given.host, ".-*_"),
        ("--edition", edition.unwrap_or_default(), "._-"),
    ] {
        if !is_plain(text, marks) {
            return Err(Failure::usage(format!(
                "`{name}` is `{text}`, which has a character that no configuration takes"
            ))
            .help(format!("letters, digits and `{}`", marks.trim())));
        }
    }
    if !root.is_empty() && !root.starts_with('/') {
        return Err(Failure::usage(format!("`--root` is `{root}`, and a server does not know from where"))
            .help("write the whole path, such as /srv/www/briefs/current"));
    }
    if given.auth.is_some() && given.tls.is_none() {
        return Err(Failure::usage(
            "`--auth` without `--tls DIR` would let everyone read passwords and pages on their way",
        )
        .help("DIR holds server.crt and server.key; for client-cert also clients-ca.crt"));
    }
    let text = match given.server {
        Server::Nginx => include_str!("servers/nginx.conf"),
        Server::Caddy => include_str!("servers/Caddyfile"),
        Server::Apache => include_str!("servers/apache.conf"),
    };
    shell.print(&fill(&chosen(text, &conditions(given, edition)), given, root, edition))
}

/// The parts of a configuration that are wanted.
fn conditions(given: &ConfigFlags, edition: Option<&str>) -> Vec<&'static str> {
    let has_tls = given.tls.is_some();
    let by_certificate = given.auth == Some(Auth::ClientCert);
    let of_edition = edition.is_some();
    [
        ("tls", has_tls),
        ("plain", !has_tls),
        ("open", given.auth.is_none()),
        ("tls-only", has_tls && !by_certificate),
        ("client-cert", by_certificate),
        ("client-cert-edition", by_certificate && of_edition),
        ("client-cert-all", by_certificate && !of_edition),
        ("ldap", given.auth == Some(Auth::Ldap)),
    ]
    .into_iter()
    .filter_map(|(name, is_wanted)| is_wanted.then_some(name))
    .collect()
}

/// Lines between `@IF name@` and `@END@` stay if the name is among the conditions.
pub(super) fn chosen(text: &str, conditions: &[&str]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut is_in = true;
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("@IF ").and_then(|rest| rest.strip_suffix('@')) {
            is_in = conditions.contains(&name);
        } else if line == "@END@" {
            is_in = true;
        } else if is_in {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

fn fill(text: &str, given: &ConfigFlags, root: &str, edition: Option<&str>) -> String {
    let group = edition.map_or_else(|| "briefs".to_owned(), |name| format!("briefs-{name}"));
    let audience = edition.map_or_else(String::new, |name| format!(" the edition {name}"));
    let port = given.port.unwrap_or(if given.tls.is_some() { 443 } else { 80 }).to_string();
    let modules = match (given.tls.is_some(), given.auth) {
        (_, Some(Auth::Ldap)) => " ssl authnz_ldap",
        (true, _) => " ssl",
        (false, _) => "",
    };
    text.replace("@ROOT@", root)
        .replace("@HOST@", &given.host)
        .replace("@PORT@", &port)
        .replace("@TLS@", given.tls.as_deref().unwrap_or_default().trim_end_matches('/'))
        .replace("@CSP@", POLICY)
        .replace("@UNIT@", &unit(&group))
        .replace("@GROUP@", &group)
        .replace("@FOR@", &audience)
        .replace("@MODULES@", modules)
}

/// A pattern of the names of those who belong to a unit (RFC 4514). A comma that is part of a value has a backslash,
/// here `\x5c`, before it; a value must not be taken for a unit.
fn unit(group: &str) -> String {
    let group = group.replace('.', "\\.");
    format!(r"^(?:(?:[^,+\x5c]|\x5c.)*[,+])*OU={group}(?:[,+]|$)")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(server: Server, auth: Option<Auth>, edition: Option<&str>) -> String {
        let given = ConfigFlags {
            server,
            root: "/srv/www/briefs/current".to_owned(),
            host: "briefs.example.org".to_owned(),
            port: None,
            tls: auth.map(|_| "/etc/ssl/briefs".to_owned()),
            auth,
        };
        let text = match server {
            Server::Nginx => include_str!("servers/nginx.conf"),
            Server::Caddy => include_str!("servers/Caddyfile"),
            Server::Apache => include_str!("servers/apache.conf"),
        };
        fill(&chosen(text, &conditions(&given, edition)), &given, &given.root, edition)
    }

    #[test]
    fn a_unit_is_a_whole_name() {
        assert_eq!(unit("briefs-a.b"), r"^(?:(?:[^,+\x5c]|\x5c.)*[,+])*OU=briefs-a\.b(?:[,+]|$)");
    }

    #[test]
    fn every_mark_is_filled_and_every_server_has_what_is_promised() {
        for server in [Server::Nginx, Server::Caddy, Server::Apache] {
            for auth in [None, Some(Auth::ClientCert), Some(Auth::Ldap)] {
                for edition in [None, Some("partners")] {
                    let text = config(server, auth, edition);
                    assert!(
                        !text.contains("@IF") && !text.contains("@END") && !text.contains("@ROOT@"),
                        "{text}"
                    );
                    assert!(text.contains(POLICY) && text.contains("/srv/www/briefs/current"), "{text}");
                    assert!(text.contains("immutable") && text.contains("/404.html"), "{text}");
                    assert_eq!(text.contains("clients-ca.crt"), auth == Some(Auth::ClientCert), "{text}");
                    assert_eq!(text.contains("Strict-Transport-Security"), auth.is_some(), "{text}");
                    let names_it = text.replace("briefs-partners-headers", "").contains("briefs-partners");
                    assert_eq!(names_it, edition.is_some() && auth.is_some(), "{text}");
                }
            }
        }
    }
}
