//! Where to publish, as it is written on the command line.

use std::path::PathBuf;

/// A place for releases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A folder of this machine.
    Folder(PathBuf),
    /// A folder of another, reached by SSH.
    Ssh {
        /// `user@host` or `host`.
        host: String,
        /// Where its server listens, if not at 22.
        port: Option<u16>,
        /// From the root.
        path: String,
    },
}

impl Target {
    /// Reads `DIR` or `ssh://[user@]host[:port]/path`.
    ///
    /// # Errors
    /// What is wrong with it, and what to do.
    pub fn parse(text: &str) -> Result<Self, (String, String)> {
        const FORM: &str = "it is written `ssh://[user@]host[:port]/path`";
        let bad = |why: String| (why, FORM.to_owned());
        let Some((scheme, rest)) = text.split_once("://") else {
            if text.is_empty() {
                return Err(("the name of the target is empty".to_owned(), "name a folder".to_owned()));
            }
            return Ok(Self::Folder(text.into()));
        };
        if scheme != "ssh" {
            let words = format!("`brief publish` does not know `{scheme}://`");
            let help = "it publishes to a folder or to `ssh://host/path`; for an object store, build and copy the \
                        output with the store's own program";
            return Err((words, help.to_owned()));
        }
        let (host, path) = rest.split_once('/').ok_or_else(|| bad(format!("`{text}` names no folder")))?;
        let (host, port) = match host.rsplit_once(':') {
            // An address of IPv6 has colons of its own and stands in brackets.
            Some((host, port)) if !port.ends_with(']') => {
                let number = port.parse().map_err(|_| bad(format!("`{port}` is not a port")))?;
                (host, Some(number))
            }
            _ => (host, None),
        };
        let path = path.trim_matches('/');
        let name = host.rsplit('@').next().unwrap_or_default();
        // `ssh` would take what begins with a dash for an option.
        if name.is_empty()
            || host.starts_with('-')
            || name.starts_with('-')
            || host.contains(char::is_whitespace)
        {
            return Err(bad(format!("`{text}` names no host")));
        }
        if path.is_empty() || path.contains(char::is_control) || path.split('/').any(|part| part == "..") {
            return Err(bad(format!("`{text}` names no folder of its own")));
        }
        let host = host.replace(['[', ']'], "");
        Ok(Self::Ssh { host, port, path: format!("/{path}") })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_folders_or_hosts() {
        let ssh =
            |host: &str, port, path: &str| Ok(Target::Ssh { host: host.into(), port, path: path.into() });
        assert_eq!(Target::parse("/srv/www"), Ok(Target::Folder("/srv/www".into())));
        assert_eq!(Target::parse("ssh://web/srv/www/"), ssh("web", None, "/srv/www"));
        assert_eq!(Target::parse("ssh://me@web:2222/srv"), ssh("me@web", Some(2222), "/srv"));
        assert_eq!(Target::parse("ssh://[::1]:22/srv"), ssh("::1", Some(22), "/srv"));
        for text in [
            "",
            "s3://bucket/x",
            "ssh://web",
            "ssh://web/",
            "ssh:///srv",
            "ssh://-oProxyCommand=x/srv",
            "ssh://w:x/srv",
            "ssh://w/a/../b",
        ] {
            assert!(Target::parse(text).is_err(), "{text}");
        }
    }
}
