//! How a command ends: the exit status, and what keeps a command from its work.

use crate::base::{Diagnostic, Group, Level};

/// The exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Status {
    /// 0: done.
    Done,
    /// 1: the content has errors, or warnings under `--strict`.
    Content,
    /// 2: usage or settings.
    Usage,
    /// 3: the machine.
    Machine,
}

impl Status {
    /// What faults amount to: the gravest counts.
    pub(super) fn of(diagnostics: &[Diagnostic], strict: bool) -> Self {
        diagnostics.iter().map(|diagnostic| Self::of_one(diagnostic, strict)).max().unwrap_or(Self::Done)
    }

    fn of_one(diagnostic: &Diagnostic, strict: bool) -> Self {
        match (diagnostic.level, diagnostic.code.group) {
            (Level::Allow, _) => Self::Done,
            (Level::Warn, _) if !strict => Self::Done,
            (_, Group::Machine) => Self::Machine,
            (_, Group::Settings | Group::Shards) => Self::Usage,
            _ => Self::Content,
        }
    }

    /// As the operating system sees it.
    pub(super) fn code(self) -> u8 {
        self as u8
    }
}

/// What keeps a command from its work.
#[derive(Debug)]
pub(super) enum Failure {
    /// It was asked for something that cannot be.
    Usage {
        /// One sentence, no full stop.
        message: String,
        /// What to do.
        help: Vec<String>,
    },
    /// A fault that has a code, and so tells its exit status.
    Fault(Box<Diagnostic>),
    /// Whoever read our output has gone away, which is no fault.
    Closed,
}

impl Failure {
    /// A fault of usage.
    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self::Usage { message: message.into(), help: Vec::new() }
    }

    /// Adds what to do, to a fault of usage.
    #[must_use]
    pub(super) fn help(mut self, text: impl Into<String>) -> Self {
        if let Self::Usage { help, .. } = &mut self {
            help.push(text.into());
        }
        self
    }
}

impl From<Box<Diagnostic>> for Failure {
    fn from(fault: Box<Diagnostic>) -> Self {
        Self::Fault(fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::codes;

    #[test]
    fn the_gravest_counts() {
        let of = |codes: &[&'static crate::base::Code], strict| {
            Status::of(&codes.iter().map(|&code| Diagnostic::new(code, "")).collect::<Vec<_>>(), strict)
        };
        assert_eq!(of(&[], true), Status::Done);
        assert_eq!(of(&[&codes::UNCITED_SOURCE], false), Status::Done);
        assert_eq!(of(&[&codes::UNCITED_SOURCE], true), Status::Content);
        assert_eq!(of(&[&codes::BAD_SETTING, &codes::BAD_DATE], false), Status::Usage);
        assert_eq!(of(&[&codes::BAD_SETTING, &codes::WRITE], false), Status::Machine);
        assert_eq!(of(&[&codes::UNUSED_FILE], true), Status::Done);
    }
}
