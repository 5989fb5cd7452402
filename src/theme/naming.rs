//! Which templates a template names, and where: what its `extends` and `include` say.

use crate::base::Span;

/// How one template makes use of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    Extends,
    Includes,
}

impl Use {
    const ALL: [Self; 2] = [Self::Extends, Self::Includes];

    /// `extends`, for messages.
    pub(super) fn verb(self) -> &'static str {
        match self {
            Self::Extends => "extends",
            Self::Includes => "includes",
        }
    }

    /// `extend`, of several.
    pub(super) fn plural(self) -> &'static str {
        match self {
            Self::Extends => "extend",
            Self::Includes => "include",
        }
    }

    /// As templates write it.
    pub(super) fn tag(self) -> &'static str {
        match self {
            Self::Extends => "extends",
            Self::Includes => "include",
        }
    }
}

/// The name of another template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Naming<'t> {
    pub(super) how: Use,
    pub(super) name: &'t str,
    /// Without its quotation marks.
    pub(super) span: Span,
}

/// Every template that a text names, in its order.
pub(super) fn namings(text: &str) -> Vec<Naming<'_>> {
    tags(text).into_iter().filter_map(|(tag, rest)| naming(text, tag, rest)).collect()
}

/// Whether a text holds components, which others use by their own names.
pub(super) fn has_components(text: &str) -> bool {
    tags(text).into_iter().any(|(tag, _)| tag == "component")
}

/// The first word of each tag, and where it ends. There are none in comments and raw text.
fn tags(text: &str) -> Vec<(&str, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(next) = text[at..].find('{').map(|next| at + next) {
        at = match &text.as_bytes()[next..] {
            [_, b'#', ..] => after(text, next, "#}"),
            [_, b'%', ..] => {
                let (tag, rest) = word(text, next);
                if tag == "raw" {
                    after_raw(text, rest)
                } else {
                    found.push((tag, rest));
                    rest
                }
            }
            [_, b'{', ..] => next + 2,
            _ => next + 1,
        };
    }
    found
}

fn after(text: &str, from: usize, end: &str) -> usize {
    text[from..].find(end).map_or(text.len(), |at| from + at + end.len())
}

/// The first word of the tag that begins at a byte, and where that word ends.
fn word(text: &str, tag: usize) -> (&str, usize) {
    let inside = text[tag + 2..].trim_start_matches('-').trim_start();
    let start = text.len() - inside.len();
    let length = inside.find(|ch: char| !ch.is_ascii_alphanumeric() && ch != '_').unwrap_or(inside.len());
    (&text[start..start + length], start + length)
}

fn after_raw(text: &str, mut at: usize) -> usize {
    while let Some(tag) = text[at..].find("{%").map(|next| at + next) {
        let (name, rest) = word(text, tag);
        if name == "endraw" {
            return rest;
        }
        at = tag + 2;
    }
    text.len()
}

fn naming<'t>(text: &'t str, tag: &str, rest: usize) -> Option<Naming<'t>> {
    let how = Use::ALL.into_iter().find(|how| how.tag() == tag)?;
    let quoted = text[rest..].trim_start();
    let quote = quoted.chars().next().filter(|ch| matches!(ch, '"' | '\'' | '`'))?;
    let start = text.len() - quoted.len() + 1;
    let end = start + text[start..].find(quote)?;
    Some(Naming { how, name: &text[start..end], span: Span::new(start..end) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_where_they_count() {
        let text = "{#- {% include \"no.html\" %} #}{%- extends 'base.html' -%}{{ \"{\" }}{% raw %}{% include \"no\" %}\
            {%- endraw %}{% block a %}{%include `é.html`%}{% endblock %}{% include gone %}{% include \"open";
        let found = namings(text);
        let told: Vec<_> = found.iter().map(|naming| (naming.how, naming.name)).collect();
        assert_eq!(told, [(Use::Extends, "base.html"), (Use::Includes, "é.html")]);
        for naming in found {
            assert_eq!(&text[naming.span.range()], naming.name);
        }
    }
}
