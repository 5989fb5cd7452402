//! What a key may hold: one table a kind serves the checks, the suggestions, the JSON Schema and the help.

use super::node::{Key, Node, Value};
use super::seen::{plain, shown};
use super::{CountryCode, Diagnostic, Edtf, Kind, Label, Lang, SourcePath, Span, Spanned, codes, nearest};

/// A key of a map.
#[derive(Debug)]
pub struct Field {
    /// The key.
    pub name: &'static str,
    /// What it may hold.
    pub shape: Shape,
    /// Whether it must be there.
    pub required: bool,
    /// What it says, for help and editors. Settings end with their default.
    pub doc: &'static str,
}

/// What a value may be.
#[derive(Debug)]
pub enum Shape {
    /// Any text.
    Text,
    /// An EDTF date.
    Date,
    /// A TLP 2.0 label.
    Label,
    /// `true` or `false`.
    Flag,
    /// A number in a range, both ends included.
    Number(f64, f64),
    /// A number without a fraction in a range, both ends included.
    Whole(u16, u16),
    /// An ISO 3166-1 country.
    Country,
    /// A BCP 47 language tag.
    Language,
    /// An address of the web, `http`, `https` or `mailto`.
    Url,
    /// Text that a parser of the kind's own accepts.
    Checked(&'static Check),
    /// One of these words.
    Choice(&'static [&'static str]),
    /// The id of a document of one of these kinds.
    Reference(&'static [Kind]),
    /// A list of these, or one of them alone.
    List(&'static Shape),
    /// A map with these keys.
    Map(&'static [Field]),
    /// A map from any key to this.
    MapOf(&'static Shape),
    /// Text, or a map with these keys.
    TextOr(&'static [Field]),
    /// Anything.
    Any,
}

/// A text with a grammar of its own, such as an Admiralty grade.
#[derive(Debug)]
pub struct Check {
    /// What it is called: `a grade`.
    pub name: &'static str,
    /// Whether a text is one; else why it is not, which may go without saying.
    pub accepts: fn(&str) -> Result<(), String>,
    /// The fault when it is not.
    pub code: &'static super::Code,
    /// What to write.
    pub help: &'static str,
}

/// Shorthand for the tables: an optional key.
pub const fn field(name: &'static str, shape: Shape, doc: &'static str) -> Field {
    Field { name, shape, required: false, doc }
}

/// Shorthand for the tables: a key that must be there.
pub const fn required(name: &'static str, shape: Shape, doc: &'static str) -> Field {
    Field { name, shape, required: true, doc }
}

/// Checks a tree against its tables. Values that fail are reported here and read as absent later.
pub struct Checker<'a> {
    /// The file, for messages.
    pub path: &'a SourcePath,
    /// What was found.
    pub diagnostics: Vec<Diagnostic>,
    /// A key that need not be there, whatever its table says.
    pub unwritten: Option<&'static str>,
}

impl<'a> Checker<'a> {
    /// For one file.
    pub fn new(path: &'a SourcePath) -> Self {
        Self { path, diagnostics: Vec::new(), unwritten: None }
    }

    /// Checks a map's keys and values. `known_unknowns`: leave unknown keys of this map alone.
    pub fn map(&mut self, node: &Node, tables: &[&[Field]], known_unknowns: bool) {
        let Value::Map(entries) = &node.value else {
            if !node.is_null() {
                self.wrong(node, "a map of keys and values");
                self.help_with_keys(node, tables);
            }
            return;
        };
        for (key, value) in entries {
            match tables.iter().copied().flatten().find(|field| field.name == key.name) {
                Some(field) => self.entry(key, value, &field.shape),
                // A label is never taken for something of the site's own, nor is it less than a label for a slip.
                None if is_label(&key.name, value) => self.lost_label(key, value, tables),
                None if known_unknowns => {}
                None => self.unknown(key, node, tables),
            }
        }
        let is_missing = |field: &&Field| {
            field.required && self.unwritten != Some(field.name) && node.get(field.name).is_none()
        };
        let missing: Vec<&Field> = tables.iter().copied().flatten().filter(is_missing).collect();
        for field in missing {
            let place = if entries.is_empty() {
                Span { end: node.span.start, ..node.span }
            } else {
                first_line(entries[0].0.span, node.span)
            };
            self.diagnostics.push(
                Diagnostic::new(&codes::MISSING_KEY, format!("the key `{}` is missing", field.name))
                    .at(self.path, place)
                    .label("in this map")
                    .help(format!("`{}`: {}", field.name, field.doc)),
            );
        }
    }

    fn entry(&mut self, key: &Key, node: &Node, shape: &Shape) {
        if matches!(shape, Shape::Label) && node.text().is_none() && node.value != Value::Unread {
            let message = format!("the key `{}` has {} in place of a label", key.name, node.describe());
            self.diagnostics.push(
                Diagnostic::new(&codes::BAD_LABEL, message)
                    .at(self.path, key.span)
                    .label("which label?")
                    .help("the labels are clear, green, amber, amber+strict, red; for the site's default, take the key out"),
            );
        } else {
            self.value(node, shape);
        }
    }

    fn value(&mut self, node: &Node, shape: &Shape) {
        if node.is_null() || node.value == Value::Unread {
            return;
        }
        match shape {
            Shape::List(item) => match &node.value {
                Value::Map(_) if !matches!(item, Shape::Map(_) | Shape::TextOr(_)) => {
                    self.wrong(node, "a list");
                }
                Value::Map(_) => self.value(node, item),
                _ => {
                    if let Shape::Reference([Kind::Topic | Kind::Region]) = item {
                        // These come into being by being named.
                        self.list_in_one(node);
                    }
                    node.items().iter().for_each(|node| self.value(node, item));
                }
            },
            Shape::Map(fields) => self.map(node, &[fields], false),
            Shape::MapOf(shape) => match &node.value {
                Value::Map(entries) => {
                    for (key, node) in entries {
                        if Label::is_key(&key.name) {
                            self.lost_label(key, node, &[]);
                        }
                        self.value(node, shape);
                    }
                }
                _ if matches!(shape, Shape::List(_)) => self.value(node, shape),
                _ => self.wrong(node, "a map of keys and values"),
            },
            Shape::TextOr(fields) if matches!(node.value, Value::Map(_)) => match text_with_colon(node) {
                Some(text) if is_no_map(node, fields) => self.unquoted(node, "text", &text),
                _ => self.map(node, &[fields], false),
            },
            Shape::Any => {}
            _ => match node.text() {
                Some(text) => self.scalar(node, text, shape),
                None => match text_with_colon(node) {
                    Some(text) if matches!(shape, Shape::Text | Shape::Reference(_)) => {
                        self.unquoted(node, expected(shape), &text);
                    }
                    _ => self.wrong(node, expected(shape)),
                },
            },
        }
    }

    /// Warns of a text that stands where a list may, and has commas as a list has them.
    pub fn list_in_one(&mut self, node: &Node) {
        // Who puts a text in quotes means one.
        let Value::Scalar { text, plain: true } = &node.value else { return };
        let Some(parts) = parts_of_list(text) else { return };
        let count = parts.len();
        let help =
            format!("write `[{}]`; if it is only one, with commas in it, put it in quotes", parts.join(", "));
        self.diagnostics.push(
            Diagnostic::new(
                &codes::LIST_IN_ONE,
                format!("one text is read as one, not as a list of {count}"),
            )
            .at(self.path, node.span)
            .label("without brackets")
            .help(help),
        );
    }

    /// Tells whoever wrote one text what keys there are for it, and shows it under the first.
    fn help_with_keys(&mut self, node: &Node, tables: &[&[Field]]) {
        let names: Vec<&str> = tables.iter().copied().flatten().map(|field| field.name).collect();
        let (Some(text), [first, ..], Some(fault)) = (node.text(), &names[..], self.diagnostics.last_mut())
        else {
            return;
        };
        fault.help.push(format!("such as `{{ {first}: {text} }}`; its keys are {}", names.join(", ")));
    }

    /// What was meant to be text, but has a colon that makes it a map.
    fn unquoted(&mut self, node: &Node, wanted: &str, text: &str) {
        let quoted = if text.contains('"') { format!("'{text}'") } else { format!("\"{text}\"") };
        self.wrong(node, wanted);
        if let Some(fault) = self.diagnostics.last_mut() {
            fault.help.push(format!("a text with a colon needs quotes: `{quoted}`"));
        }
    }

    fn scalar(&mut self, node: &Node, text: &str, shape: &Shape) {
        let fault = match shape {
            Shape::Date => match Edtf::parse(text) {
                Ok(_) => return,
                Err(error) => {
                    let inside = Span::new(error.at.clone());
                    // A quoted scalar starts one byte later; an escaped one is underlined whole.
                    let exact = (node.span.end - node.span.start) as usize == text.len();
                    let span = if exact && inside.start < inside.end {
                        inside.shifted(node.span.start)
                    } else {
                        node.span
                    };
                    let mut fault = Diagnostic::new(&codes::BAD_DATE, format!("`{text}` is no date: {}", error.message))
                        .at(self.path, span)
                        .help("dates are EDTF: 2024, 2024-03, 2024-03-22, 2024-03~ (about), 2025-12-01/2025-12-10, 2019/..");
                    if let Some(better) = error.suggestion {
                        fault = fault.help(format!("did you mean `{better}`?"));
                        // Of the whole date or of the part that is underlined.
                        let around = match span == node.span {
                            true => Some(("", "")),
                            false => text.get(..inside.range().start).zip(text.get(inside.range().end..)),
                        };
                        let part = around
                            .and_then(|(before, after)| better.strip_prefix(before)?.strip_suffix(after));
                        fault.replacement = part.filter(|part| !part.is_empty()).map(str::to_owned);
                    }
                    fault
                }
            },
            Shape::Label if Label::parse(text).is_none() => {
                Diagnostic::new(&codes::BAD_LABEL, format!("`{text}` is not a TLP 2.0 label"))
                    .help("the labels are clear, green, amber, amber+strict, red")
                    .suggest(text, Label::NAMES.iter().copied())
            }
            Shape::Flag if !matches!(text, "true" | "false" | "True" | "False" | "TRUE" | "FALSE") => {
                return self.wrong(node, "true or false");
            }
            Shape::Number(least, most) => match text.parse::<f64>() {
                Ok(number) if (*least..=*most).contains(&number) => return,
                Ok(_) => Diagnostic::new(&codes::OUT_OF_RANGE, format!("{text} is out of range"))
                    .label(format!("{least} to {most}"))
                    .help(format!("give a number from {least} to {most}")),
                Err(_) => return self.wrong(node, "a number"),
            },
            Shape::Whole(least, most) => match text.parse::<u16>() {
                Ok(number) if (*least..=*most).contains(&number) => return,
                _ if text.parse::<f64>().is_ok_and(|number| number.fract() == 0.0) => {
                    Diagnostic::new(&codes::OUT_OF_RANGE, format!("{text} is out of range"))
                        .label(format!("{least} to {most}"))
                        .help(format!("give a whole number from {least} to {most}"))
                }
                _ => return self.wrong(node, "a whole number"),
            },
            Shape::Country if CountryCode::from_input(text).is_none() => {
                let mut fault = Diagnostic::new(&codes::UNKNOWN_COUNTRY, format!("`{text}` is no country"))
                    .help("countries are ISO 3166-1 codes or English names: AF, AFG, Afghanistan");
                let parts = parts_of_list(text).unwrap_or_default();
                if !parts.is_empty() && parts.iter().all(|part| CountryCode::from_input(part).is_some()) {
                    fault = fault.help(format!("write a list: `[{}]`", parts.join(", ")));
                } else if let Some(near) = super::country::suggest(text) {
                    // Nothing is put in its place: Niger and Nigeria are a letter apart.
                    fault = fault.help(format!("did you mean `{}` ({})?", near.alpha2(), near.name()));
                }
                fault
            }
            Shape::Language if Lang::parse(text).is_none() => {
                Diagnostic::new(&codes::BAD_LANGUAGE, format!("`{text}` is no language tag"))
                    .help("languages are BCP 47 tags: en, fa, fa-AF")
            }
            Shape::Url if !is_web_address(text) => {
                Diagnostic::new(&codes::FORBIDDEN_LINK, format!("`{text}` is no web address"))
                    .help("an address starts with https:// or http://")
            }
            Shape::Checked(check) => match (check.accepts)(text) {
                Ok(()) => return,
                Err(why) => {
                    let what = format!("`{text}` is not {}", check.name);
                    let what = if why.is_empty() { what } else { format!("{what}: it {why}") };
                    Diagnostic::new(check.code, what).help(check.help)
                }
            },
            Shape::Choice(words) if !words.contains(&text) => Diagnostic::new(
                &codes::UNKNOWN_CHOICE,
                format!("`{text}` is none of the words this key takes"),
            )
            .help(format!("one of: {}", words.join(", ")))
            .suggest_word(text, words.iter().copied()),
            _ => return,
        };
        let fault = if fault.place.is_none() { fault.at(self.path, node.span) } else { fault };
        self.diagnostics.push(fault);
    }

    fn wrong(&mut self, node: &Node, wanted: &str) {
        self.diagnostics.push(
            Diagnostic::new(&codes::WRONG_TYPE, format!("expected {wanted}, found {}", node.describe()))
                .at(self.path, node.span)
                .label(format!("should be {wanted}")),
        );
    }

    /// A key that was meant for a label, and would be read as none.
    fn lost_label(&mut self, key: &Key, value: &Node, tables: &[&[Field]]) {
        let fault = if tables.iter().copied().flatten().any(|field| matches!(field.shape, Shape::Label)) {
            let grown =
                Label::ALL.into_iter().find(|label| plain(&key.name).to_lowercase().ends_with(label.slug()));
            let better = match grown.filter(|_| value.is_null()) {
                Some(label) => format!("tlp: {}", label.slug()),
                None => "tlp".to_owned(),
            };
            let mut fault = Diagnostic::new(
                &codes::BAD_LABEL,
                format!("`{}` is not the key `tlp`, so its label would be lost", shown(&key.name)),
            );
            fault = fault
                .label("looks like `tlp`")
                .help(format!("write `{better}`, with plain letters and colon"));
            fault.replacement = Some(better);
            fault
        } else {
            Diagnostic::new(
                &codes::BAD_LABEL,
                format!("`{}` says nothing here, so its label would be lost", shown(&key.name)),
            )
            .label("nothing has a label here")
            .help("give the label to what is around it, or take the key out")
        };
        self.diagnostics.push(fault.at(self.path, key.span));
    }

    fn unknown(&mut self, key: &Key, map: &Node, tables: &[&[Field]]) {
        let name = key.name.as_str();
        let known = || tables.iter().copied().flatten().map(|field| field.name);
        let mut fault = Diagnostic::new(&codes::UNKNOWN_KEY, format!("there is no key `{name}` here"))
            .at(self.path, key.span)
            .label("unknown key");
        if let Some(near) = nearest(name, known()).or_else(|| begun(name, &known())) {
            fault = fault.meant(near);
            // Two of one key would be another fault.
            fault.replacement = fault.replacement.filter(|near| map.get(near).is_none());
        }
        if fault.help.is_empty() {
            fault = fault.help(format!("the keys here: {}", known().collect::<Vec<_>>().join(", ")));
            if known().any(|name| name == "extra") {
                let extra = if self.path.name().ends_with(".toml") { "[extra]" } else { "extra:" };
                fault = fault.help(format!("anything of the site's own goes under `{extra}`"));
            }
        }
        self.diagnostics.push(fault);
    }
}

/// Reads what a [`Checker`] has passed. What failed there is absent here.
#[derive(Clone, Copy)]
pub struct Fields<'a>(pub &'a Node);

impl<'a> Fields<'a> {
    /// The value itself.
    pub fn node(self, name: &str) -> Option<&'a Node> {
        self.0.get(name)
    }

    /// Text.
    pub fn text(self, name: &str) -> Option<String> {
        self.0.get(name)?.text().map(str::to_owned)
    }

    /// Text with its place.
    pub fn spanned(self, name: &str) -> Option<Spanned<String>> {
        let node = self.0.get(name)?;
        Some(Spanned::new(node.text()?.to_owned(), node.span))
    }

    /// A list of texts with their places.
    pub fn texts(self, name: &str) -> Vec<Spanned<String>> {
        self.parsed_list(name, |text| Some(text.to_owned()))
    }

    /// A date.
    pub fn date(self, name: &str) -> Option<Edtf> {
        self.parsed(name, |text| Edtf::parse(text).ok()).map(|date| date.value)
    }

    /// A label.
    pub fn label(self, name: &str) -> Option<Label> {
        self.parsed(name, Label::parse).map(|label| label.value)
    }

    /// A truth value.
    pub fn flag(self, name: &str) -> Option<bool> {
        self.parsed(name, |text| match text {
            "true" | "True" | "TRUE" => Some(true),
            "false" | "False" | "FALSE" => Some(false),
            _ => None,
        })
        .map(|flag| flag.value)
    }

    /// A number.
    pub fn number(self, name: &str, shape: &Shape) -> Option<f64> {
        let Shape::Number(least, most) = shape else { return None };
        let number = self.parsed(name, |text| text.parse::<f64>().ok())?.value;
        (*least..=*most).contains(&number).then_some(number)
    }

    /// A whole number, as its table has it.
    pub fn whole(self, name: &str, shape: &Shape) -> Option<u16> {
        let Shape::Whole(least, most) = shape else { return None };
        let number = self.parsed(name, |text| text.parse::<u16>().ok())?.value;
        (*least..=*most).contains(&number).then_some(number)
    }

    /// A country.
    pub fn country(self, name: &str) -> Option<Spanned<CountryCode>> {
        self.parsed(name, CountryCode::from_input)
    }

    /// A list of countries.
    pub fn countries(self, name: &str) -> Vec<Spanned<CountryCode>> {
        self.parsed_list(name, CountryCode::from_input)
    }

    /// Whatever `parse` makes of the text, with its place.
    pub fn parsed<T>(self, name: &str, parse: impl Fn(&str) -> Option<T>) -> Option<Spanned<T>> {
        let node = self.0.get(name)?;
        Some(Spanned::new(parse(node.text()?)?, node.span))
    }

    /// The maps of a list; a lone map is a list of one.
    pub fn maps(self, name: &str) -> impl Iterator<Item = Fields<'a>> {
        let node = self.0.get(name);
        let items = node.map_or(&[] as &[Node], |node| match &node.value {
            Value::Map(_) => std::slice::from_ref(node),
            _ => node.items(),
        });
        items.iter().map(Fields)
    }

    /// Where the map stands.
    pub fn span(self) -> Span {
        self.0.entries().first().map_or(self.0.span, |(key, _)| first_line(key.span, self.0.span))
    }

    fn parsed_list<T>(self, name: &str, parse: impl Fn(&str) -> Option<T>) -> Vec<Spanned<T>> {
        let items = self.0.get(name).map_or(&[] as &[Node], Node::items);
        items.iter().filter_map(|node| Some(Spanned::new(parse(node.text()?)?, node.span))).collect()
    }
}

/// The parts of a text that looks like a list without its brackets: `Snake, Uroburos`.
pub fn parts_of_list(text: &str) -> Option<Vec<&str>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((at, comma)) = rest.char_indices().find(|&(at, ch)| {
        let after = &rest[at + ch.len_utf8()..];
        matches!(ch, '،' | '、' | '؛') || matches!(ch, ',' | ';') && after.starts_with(char::is_whitespace)
    }) {
        parts.push(rest[..at].trim());
        rest = &rest[at + comma.len_utf8()..];
    }
    parts.push(rest.trim());
    (parts.len() > 1 && parts.iter().all(|part| !part.is_empty())).then_some(parts)
}

/// The text that a map of one key with one value was before its colon was read as one.
fn text_with_colon(node: &Node) -> Option<String> {
    let Value::Map(entries) = &node.value else { return None };
    let [(key, value)] = entries.as_slice() else { return None };
    let Value::Scalar { text, .. } = &value.value else { return None };
    Some(format!("{}: {text}", key.name).trim_end().to_owned())
}

/// Whether a map lacks what one with these keys must have, and has no key that could be one of them.
fn is_no_map(node: &Node, fields: &[Field]) -> bool {
    let names = || fields.iter().map(|field| field.name);
    let is_key = |given: &str| nearest(given, names()).or_else(|| begun(given, &names())).is_some();
    fields.iter().any(|field| field.required) && !node.entries().iter().any(|(key, _)| is_key(&key.name))
}

/// The only one of `known` that begins as `given` does, but perhaps for its last letter: `alias`, `country`.
fn begun<'a>(given: &str, known: &(impl Iterator<Item = &'a str> + Clone)) -> Option<&'a str> {
    let given = given.to_lowercase();
    let only = |start: &str| {
        let mut found = known.clone().filter(|name| name.starts_with(start));
        found.next().filter(|first| found.all(|other| other == *first))
    };
    let letters = given.chars().count();
    let shorter = given.char_indices().next_back().map_or("", |(at, _)| &given[..at]);
    Some(given.as_str())
        .filter(|_| letters > 2)
        .and_then(only)
        .or_else(|| Some(shorter).filter(|_| letters > 4).and_then(only))
}

/// Whether text is an address that a link may lead to outside the site.
pub fn is_web_address(text: &str) -> bool {
    let lower = text.get(..8).unwrap_or(text).to_ascii_lowercase();
    ["https://", "http://", "mailto:"]
        .iter()
        .any(|scheme| lower.starts_with(scheme) && text.len() > scheme.len())
        && !text.contains(char::is_whitespace)
}

/// Whether a key that no table knows was meant for a label: it looks like `tlp`, or is a slip of it and holds a label.
fn is_label(key: &str, value: &Node) -> bool {
    let is_slip = || key.len() < 5 && strsim::osa_distance(&key.to_ascii_lowercase(), "tlp") < 2;
    Label::is_key(key) || is_slip() && value.text().and_then(Label::parse).is_some()
}

/// A map is underlined by its first key.
fn first_line(key: Span, map: Span) -> Span {
    Span { start: key.start, end: key.end.min(map.end.max(key.end)) }
}

fn expected(shape: &Shape) -> &'static str {
    match shape {
        Shape::Date => "a date",
        Shape::Label => "a TLP label",
        Shape::Flag => "true or false",
        Shape::Number(..) => "a number",
        Shape::Whole(..) => "a whole number",
        Shape::Country => "a country",
        Shape::Language => "a language tag",
        Shape::Url => "a web address",
        Shape::Choice(_) => "one word",
        Shape::Checked(check) => check.name,
        Shape::Reference(_) => "an id",
        _ => "text",
    }
}
