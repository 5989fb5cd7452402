//! What to say of a reference to a document that is not there.

use ahash::AHashMap;

use super::key::reference_key;
use super::names::fold_name;
use super::nodes::Node;
use crate::base::shape::parts_of_list;
use crate::base::{Diagnostic, Id, Kind, Near, Shared, codes, few, near, slug};
use crate::document::{Data, Document, Ref};

/// Documents of some kinds that a reference may have meant. A site that is taken over from elsewhere can have
/// thousands of references to what is not there, so each is looked up once.
pub(super) struct Meant {
    kinds: &'static [Kind],
    /// Sorted.
    ids: Vec<Id>,
    /// By its name, folded, in small letters: whose it is.
    by_name: AHashMap<String, Vec<Owner>>,
    advice: AHashMap<String, Advice>,
}

/// Who has a name.
struct Owner {
    id: Id,
    /// What it is called.
    title: String,
    /// How it has the name.
    by: By,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum By {
    Title,
    Alias,
    /// Some say so.
    Dispute,
}

#[derive(Clone, Default)]
struct Advice {
    help: Vec<String>,
    replacement: Option<String>,
}

impl Advice {
    fn new(help: String, replacement: Option<&Id>) -> Self {
        Self { help: vec![help], replacement: replacement.map(Id::to_string) }
    }

    fn to(&self, fault: Diagnostic) -> Diagnostic {
        let fault = self.help.iter().fold(fault, Diagnostic::help);
        Diagnostic { replacement: self.replacement.clone(), ..fault }
    }
}

impl Meant {
    /// Documents of these kinds, and events that briefs tell of. The nodes are sorted by key.
    pub(super) fn of<'n>(
        kinds: &'static [Kind],
        nodes: impl Iterator<Item = &'n Node>,
        documents: &[Shared<Document>],
    ) -> Self {
        let mut meant = Self { kinds, ids: Vec::new(), by_name: AHashMap::new(), advice: AHashMap::new() };
        for node in nodes.filter(|node| kinds.contains(&node.key.kind)) {
            if node.document.is_none() && node.variants.is_empty() && node.told_by.is_none() {
                continue;
            }
            meant.ids.push(node.key.id.clone());
            meant.add(node, &node.title, By::Title);
            for at in node.document.iter().chain(&node.variants) {
                meant.add_names(node, &documents[at.at()]);
            }
        }
        meant.ids.sort_unstable();
        meant
    }

    fn add_names(&mut self, node: &Node, document: &Document) {
        self.add(node, &document.common.title, By::Title);
        for alias in document.data.aliases() {
            self.add(node, &alias.name, if alias.disputed { By::Dispute } else { By::Alias });
        }
        match &document.data {
            Data::Actor(actor) => actor.short.iter().for_each(|short| self.add(node, short, By::Alias)),
            Data::Event(event) => event.aliases.iter().for_each(|name| self.add(node, name, By::Alias)),
            _ => {}
        }
    }

    fn add(&mut self, node: &Node, name: &str, by: By) {
        let owners = self.by_name.entry(folded(name)).or_default();
        match owners.iter_mut().find(|owner| owner.id == node.key.id) {
            Some(owner) => owner.by = owner.by.min(by),
            None => owners.push(Owner { id: node.key.id.clone(), title: node.title.clone(), by }),
        }
    }

    /// Whether it is of these kinds.
    pub(super) fn is_of(&self, kinds: &[Kind]) -> bool {
        self.kinds == kinds
    }

    /// The fault of a reference.
    pub(super) fn fault(&mut self, document: &Document, id: &Ref) -> Diagnostic {
        let words = format!("there is no {} `{}`", self.kinds[0].name(), id.value);
        let fault =
            Diagnostic::new(&codes::UNDECLARED, words).at(&document.path, id.span).label("not a known id");
        self.advise(fault, id)
    }

    /// Adds what the reference may have meant.
    pub(super) fn advise(&mut self, fault: Diagnostic, id: &Ref) -> Diagnostic {
        if !self.advice.contains_key(&id.value) {
            let advice = self.advice(id);
            self.advice.insert(id.value.clone(), advice);
        }
        self.advice[&id.value].to(fault)
    }

    fn advice(&self, written: &str) -> Advice {
        let bare = bare(written);
        let id = bare.as_deref().unwrap_or(written);
        self.of_name(written)
            .or_else(|| bare.as_deref().and_then(|bare| self.of_bare(bare)))
            .or_else(|| self.of_list(written))
            .or_else(|| self.of_near(id))
            .unwrap_or_else(|| self.of_none(id))
    }

    /// The name of somebody, or of several.
    fn of_name(&self, name: &str) -> Option<Advice> {
        let owners = self.by_name.get(&folded(name))?;
        if let [Owner { id, title, by }] = owners.as_slice() {
            return Some(match by {
                By::Title => Advice::new(format!("`{title}` is the name; its id is `{id}`"), Some(id)),
                By::Alias => {
                    Advice::new(format!("`{name}` is another name of `{title}`; its id is `{id}`"), Some(id))
                }
                By::Dispute => {
                    let help = format!("`{name}` is said to be another name of `{title}`; its id is `{id}`");
                    Advice::new(help, None)
                }
            });
        }
        let ids: Vec<String> = owners.iter().map(|owner| format!("`{}`", owner.id)).collect();
        let help =
            format!("`{name}` is a name of {}: write the id of the one that is meant", few(&ids, "and"));
        Some(Advice::new(help, None))
    }

    /// What is left of a link or a path.
    fn of_bare(&self, bare: &str) -> Option<Advice> {
        let key = |kind: &Kind| reference_key(*kind, bare).id;
        match self.kinds.iter().map(key).find(|id| self.is_known(id)) {
            Some(id) => Some(Advice::new(format!("write only the id, `{id}`"), Some(&id))),
            None => self.of_name(bare),
        }
    }

    /// Several in one text.
    fn of_list(&self, written: &str) -> Option<Advice> {
        if let Some(help) = self.list(written) {
            return Some(Advice::new(help, None));
        }
        let parts = parts_of_list(written)?;
        let Advice { mut help, .. } = self.of_none(written);
        help.insert(0, format!("if these are {}, write a list: `[{}]`", parts.len(), parts.join(", ")));
        Some(Advice { help, replacement: None })
    }

    /// What to do about several in one text, of whom at least one is known.
    pub(super) fn list(&self, written: &str) -> Option<String> {
        if !written.contains([',', ';', '،', '؛', '、']) {
            return None;
        }
        let parts = written.split([',', ';', '،', '؛', '、']).map(str::trim).filter(|part| !part.is_empty());
        let parts: Vec<(Option<Id>, &str)> = parts.map(|part| (self.known(part), part)).collect();
        if parts.len() < 2 || parts.iter().all(|(id, _)| id.is_none()) {
            return None;
        }
        let ids: Vec<&str> = parts.iter().map(|(id, part)| id.as_ref().map_or(*part, Id::as_str)).collect();
        Some(format!("write a list: `[{}]`", ids.join(", ")))
    }

    /// Whom an id or a name means.
    fn known(&self, written: &str) -> Option<Id> {
        let bare = bare(written);
        let written = bare.as_deref().unwrap_or(written);
        let ids = self.kinds.iter().map(|&kind| reference_key(kind, written).id);
        ids.into_iter().find(|id| self.is_known(id)).or_else(|| {
            match self.by_name.get(&folded(written)).map(Vec::as_slice) {
                Some([owner]) if owner.by != By::Dispute => Some(owner.id.clone()),
                _ => None,
            }
        })
    }

    fn of_near(&self, id: &str) -> Option<Advice> {
        let Near { name, slip } = near(id, self.ids.iter().map(Id::as_str))?;
        let mut help = vec![format!("did you mean `{name}`?")];
        if !slip && self.kinds[0] != Kind::Brief {
            // A splinter is called almost as those it left.
            help.extend(self.file(id).map(|file| format!("if it is another, write {file}")));
        }
        Some(Advice { help, replacement: slip.then(|| name.to_owned()) })
    }

    fn of_none(&self, id: &str) -> Advice {
        let slug = slug(id);
        // What has blanks is a name.
        let is_name = self.kinds[0] != Kind::Brief && id.contains(char::is_whitespace) && !slug.is_empty();
        let help = self.file(if is_name { &slug } else { id }).map(|file| match self.kinds[0] {
            Kind::Brief => format!("there is no {file}"),
            _ if is_name => format!("write {file}, which may hold only a name, and its id here: `{slug}`"),
            _ => format!("write {file}; it may hold only a name"),
        });
        Advice { help: help.into_iter().collect(), replacement: None }
    }

    /// The file that a document with this id would have.
    fn file(&self, id: &str) -> Option<String> {
        let kind = self.kinds[0];
        let id = reference_key(kind, id).id;
        Id::is_usable(id.as_str()).then(|| format!("content/{}/{id}.md", kind.folder()))
    }

    fn is_known(&self, id: &Id) -> bool {
        self.ids.binary_search(id).is_ok()
    }
}

/// What is left of a wikilink, a path or a file's name: `[[actor:apt28|the group]]` and `../actors/apt28.md` both
/// leave `apt28`. `None` for what is none of these: `AI/ML` is an id.
pub(super) fn bare(written: &str) -> Option<String> {
    let written = written.trim();
    let inside = written.strip_prefix("[[").and_then(|rest| rest.strip_suffix("]]"));
    let target = inside.map_or(written, |inside| inside.split(['|', '#']).next().unwrap_or(inside));
    let target = match target.split_once(':') {
        Some((kind, id)) if Kind::parse(&kind.trim().to_lowercase()).is_some() => id,
        _ => target,
    };
    let stem = [".md", ".MD"].iter().find_map(|ending| target.strip_suffix(ending));
    let path = stem.unwrap_or(target);
    let folder = path.split_once('/').map_or("", |(folder, _)| folder);
    let is_path = inside.is_some()
        || stem.is_some()
        || path.starts_with(['.', '/'])
        || Kind::ALL.iter().any(|kind| kind.folder() == folder);
    let mut parts = path.rsplit('/').filter(|part| !part.is_empty());
    let last = parts.next().unwrap_or_default();
    let above = parts.next().filter(|_| last.eq_ignore_ascii_case("index"));
    let id = if is_path { above.unwrap_or(last) } else { path }.trim();
    (id != written && !id.is_empty()).then(|| id.to_owned())
}

fn folded(name: &str) -> String {
    fold_name(name).to_lowercase()
}
