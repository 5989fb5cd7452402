//! Variables → settings: `BRIEF_FRONT_MATTER_UNKNOWN=extra` sets `front_matter.unknown`.

use std::ffi::OsString;

use super::status::Failure;
use crate::base::{Override, nearest};

/// Variables that flags read for themselves.
const OF_FLAGS: [&str; 7] = [
    "BRIEF_SITE",
    "BRIEF_ENV",
    "BRIEF_NOW",
    "BRIEF_FORMAT",
    "BRIEF_COLOR",
    "BRIEF_JOBS",
    "BRIEF_SIGN_PASSWORD",
];

/// The settings that variables make. `keys` are the dotted keys there are. An empty variable counts as unset.
pub(super) fn overrides(
    variables: impl IntoIterator<Item = (OsString, OsString)>,
    keys: &[String],
) -> Result<Vec<Override>, Failure> {
    let mut overrides = Vec::new();
    for (name, value) in variables {
        let Some(name) = name.to_str().filter(|name| name.starts_with("BRIEF_") && !OF_FLAGS.contains(name))
        else {
            continue;
        };
        let Some(value) = value.to_str() else {
            return Err(Failure::usage(format!("the variable `{name}` is not UTF-8")));
        };
        if value.is_empty() {
            continue;
        }
        let key = keys.iter().find(|key| variable(key) == name).ok_or_else(|| unknown(name, keys))?;
        overrides.push(Override { key: key.clone(), value: value.to_owned(), origin: name.to_owned() });
    }
    overrides.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(overrides)
}

fn variable(key: &str) -> String {
    format!("BRIEF_{}", key.to_uppercase().replace(['.', '-'], "_"))
}

fn unknown(name: &str, keys: &[String]) -> Failure {
    let names: Vec<String> =
        keys.iter().map(|key| variable(key)).chain(OF_FLAGS.map(str::to_owned)).collect();
    let fault = Failure::usage(format!("no setting goes with the variable `{name}`"));
    match nearest(name, names.iter().map(String::as_str)) {
        Some(near) => fault.help(format!("did you mean `{near}`?")),
        None => fault.help(
            "`brief help config` lists the settings; `front_matter.unknown` is `BRIEF_FRONT_MATTER_UNKNOWN`",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Vec<(String, String)>, Failure> {
        let keys = ["out", "front_matter.unknown", "diagnostics.broken-link"].map(str::to_owned);
        let variables = variables.iter().map(|(name, value)| (OsString::from(name), OsString::from(value)));
        Ok(overrides(variables, &keys)?.into_iter().map(|set| (set.key, set.value)).collect())
    }

    #[test]
    fn dots_are_underscores() {
        let set = read(&[
            ("BRIEF_FRONT_MATTER_UNKNOWN", "extra"),
            ("BRIEF_DIAGNOSTICS_BROKEN_LINK", "warn"),
            ("BRIEF_NOW", "2026-11-20"),
            ("BRIEF_OUT", ""),
            ("HOME", "/root"),
        ]);
        let expected = [("diagnostics.broken-link", "warn"), ("front_matter.unknown", "extra")];
        assert_eq!(set.unwrap(), expected.map(|(key, value)| (key.to_owned(), value.to_owned())));
    }

    #[test]
    fn a_misspelt_variable_is_told() {
        let Err(Failure::Usage { message, help }) = read(&[("BRIEF_FRONT_MATER_UNKNOWN", "x")]) else {
            panic!()
        };
        assert_eq!(message, "no setting goes with the variable `BRIEF_FRONT_MATER_UNKNOWN`");
        assert_eq!(help, ["did you mean `BRIEF_FRONT_MATTER_UNKNOWN`?"]);
    }
}
