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
    /// A part of a bucket in an object store.
    Store {
        /// The bucket's name.
        bucket: String,
        /// What its objects' names begin with, without the slash; empty for all of them.
        prefix: String,
    },
}

impl Target {
    /// Reads `DIR`, `ssh://[user@]host[:port]/path` or `s3://bucket/prefix`.
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
        if scheme == "s3" {
            return store(rest);
        }
        if scheme != "ssh" {
            let words = format!("`brief publish` does not know `{scheme}://`");
            let help = "it publishes to a folder, to `ssh://host/path` or to `s3://bucket/prefix`";
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
        // Without these, nothing is left of it but the root.
        let is_root = path.split('/').all(|part| matches!(part, "" | "."));
        if is_root || path.contains(char::is_control) || path.split('/').any(|part| part == "..") {
            return Err(bad(format!("`{text}` names no folder of its own")));
        }
        if path.starts_with('~') {
            let words =
                format!("`{text}` begins with `~`, which is nobody's home here but a folder of that name");
            return Err((
                words,
                "write the whole path from the root, such as ssh://host/home/briefs/www".to_owned(),
            ));
        }
        let host = host.replace(['[', ']'], "");
        Ok(Self::Ssh { host, port, path: format!("/{path}") })
    }
}

/// A bucket with or without a prefix.
fn store(rest: &str) -> Result<Target, (String, String)> {
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let prefix = prefix.trim_matches('/');
    let is_name = |ch: char| ch.is_ascii_alphanumeric() || matches!(ch, '-' | '.' | '_');
    let is_part = |part: &str| !matches!(part, "" | "." | "..") && !part.chars().any(char::is_control);
    if bucket.is_empty()
        || !bucket.chars().all(is_name)
        || !(prefix.is_empty() || prefix.split('/').all(is_part))
    {
        let words = format!("`s3://{rest}` names no bucket, or no prefix that objects can have");
        return Err((words, "it is written `s3://bucket/prefix`".to_owned()));
    }
    Ok(Target::Store { bucket: bucket.to_owned(), prefix: prefix.to_owned() })
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
        let s3 =
            |bucket: &str, prefix: &str| Ok(Target::Store { bucket: bucket.into(), prefix: prefix.into() });
        assert_eq!(Target::parse("s3://bucket/a/b/"), s3("bucket", "a/b"));
        assert_eq!(Target::parse("s3://bucket"), s3("bucket", ""));
        for text in [
            "",
            "gs://bucket/x",
            "s3://",
            "s3:///x",
            "s3://b/a//b",
            "s3://b/../c",
            "s3://key:secret@b/x",
            "ssh://web",
            "ssh://web/",
            "ssh://web//./",
            "ssh:///srv",
            "ssh://-oProxyCommand=x/srv",
            "ssh://w:x/srv",
            "ssh://w/a/../b",
            "ssh://w/~/x",
            "ssh://w//~me/x/",
        ] {
            assert!(Target::parse(text).is_err(), "{text}");
        }
    }
}
