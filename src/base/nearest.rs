//! What a misspelt word may have meant.

/// The nearest of the names that are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Near<'a> {
    /// The name.
    pub name: &'a str,
    /// Whether it differs only by a slip of the pen, and nothing else is as near, so that a program may put it in
    /// place of what was written. Of two names that differ by a letter either may be meant.
    pub slip: bool,
}

/// The one of `known` that a misspelt `given` most likely meant.
pub fn nearest<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    near(given, known).map(|near| near.name)
}

/// Likewise, and how sure that is. Names whose numbers differ are never taken for each other: APT28 is not APT29.
pub fn near<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<Near<'a>> {
    search(given, known.into_iter().map(|name| (name, Letters::of(name))))
}

/// Names of which the nearest is looked for often: a site may have thousands of broken links.
#[derive(Clone, Debug, Default)]
pub struct NearNames(Vec<(String, Letters)>);

impl NearNames {
    /// Of several that are as near the first is taken.
    pub fn new(names: impl IntoIterator<Item = String>) -> Self {
        let with_letters = |name: String| {
            let letters = Letters::of(&name);
            (name, letters)
        };
        Self(names.into_iter().map(with_letters).collect())
    }

    /// As [`near`].
    pub fn near(&self, given: &str) -> Option<Near<'_>> {
        search(given, self.0.iter().map(|(name, letters)| (name.as_str(), *letters)))
    }
}

fn search<'a>(given: &str, known: impl Iterator<Item = (&'a str, Letters)>) -> Option<Near<'a>> {
    let given = given.to_lowercase();
    let limit = (given.chars().count() / 3).clamp(1, 3);
    let letters = Letters::of(&given);
    let mut best: Option<(usize, &str)> = None;
    let mut alone = true;
    for (name, its) in known {
        // Letters alone rule most out, and a site may know 10,000 names.
        if its.differ(&letters) > 2 * limit && name.is_ascii() {
            continue;
        }
        let folded = name.to_lowercase();
        let distance = if folded == given { 0 } else { strsim::osa_distance(&given, &folded) };
        if distance > limit || !numbers(&given).eq(numbers(&folded)) {
            continue;
        }
        match best {
            Some((least, _)) if least < distance => {}
            Some((least, other)) if least == distance => alone &= other == name,
            _ => (best, alone) = (Some((distance, name)), true),
        }
    }
    best.map(|(_, name)| Near { name, slip: alone && is_slip(&given, &name.to_lowercase()) })
}

/// Whether two words, in small letters, differ only in what parts their words, or in two letters that changed places
/// within a word.
fn is_slip(given: &str, name: &str) -> bool {
    const SEPARATORS: [char; 3] = ['-', '_', ' '];
    if given.split(SEPARATORS).flat_map(str::chars).eq(name.split(SEPARATORS).flat_map(str::chars)) {
        return true;
    }
    let (given, name): (Vec<char>, Vec<char>) = (given.chars().collect(), name.chars().collect());
    let Some(at) = given.iter().zip(&name).position(|(a, b)| a != b) else { return false };
    let end = at + 2;
    let inside = |ch: Option<&char>| ch.is_some_and(|ch| ch.is_alphabetic());
    given.len() == name.len()
        && given.get(end..) == name.get(end..)
        && given[at..].iter().take(2).eq(name[at..].iter().take(2).rev())
        && inside(at.checked_sub(1).and_then(|before| given.get(before)))
        && inside(given.get(end))
        && given[at..].iter().take(2).all(|ch| ch.is_alphabetic())
        && word_around(&given, at) >= LEAST
}

/// In shorter words two letters that change places make another name: Iran and IRNA.
const LEAST: usize = 5;

/// The length of the word around a place.
fn word_around(text: &[char], at: usize) -> usize {
    let is_letter = |ch: &&char| ch.is_alphanumeric();
    text[..at].iter().rev().take_while(is_letter).count() + text[at..].iter().take_while(is_letter).count()
}

/// The numbers in a text, in order, without zeros before them.
fn numbers(text: &str) -> impl Iterator<Item = &str> {
    let runs = text.split(|ch: char| !ch.is_ascii_digit()).filter(|run| !run.is_empty());
    runs.map(|run| run.trim_start_matches('0'))
}

/// How many there are of each letter, case aside, or of each group of letters. One change of a word changes two of
/// these numbers by one, at most.
#[derive(Clone, Copy, Debug)]
struct Letters([u8; 32]);

impl Letters {
    fn of(word: &str) -> Self {
        let mut letters = [0; 32];
        for ch in word.chars() {
            // ASCII letters differ by case in what is above these bits.
            let count: &mut u8 = &mut letters[ch as usize % 32];
            *count = count.saturating_add(1);
        }
        Self(letters)
    }

    fn differ(&self, other: &Self) -> usize {
        self.0.iter().zip(other.0).map(|(a, b)| usize::from(a.abs_diff(b))).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::{near, nearest};

    #[test]
    fn suggestions_are_near_or_absent() {
        assert_eq!(nearest("sumary", ["summary", "sources"]), Some("summary"));
        assert_eq!(nearest("x", ["summary", "sources"]), None);
        assert_eq!(nearest("ISIS-k", ["isis-k", "isis"]), Some("isis-k"));
    }

    #[test]
    fn names_with_other_numbers_are_other_names() {
        let groups = ["apt28", "apt29", "unit-8200", "2025-06-outlook"];
        for other in ["apt27", "apt2", "apt", "apt2-8", "unit-820", "unit-8201", "2025-07-outlook"] {
            assert_eq!(nearest(other, groups), None, "{other}");
        }
        for (given, name) in [("atp28", "apt28"), ("apt-28", "apt28"), ("2025-6-outlok", "2025-06-outlook")] {
            assert_eq!(nearest(given, groups), Some(name));
        }
    }

    #[test]
    fn only_a_slip_is_put_right_unasked() {
        let names = ["bears", "isis-k", "iran", "al-nusra", "hasan-nasr", "fancy-bear", "Ttp"];
        for (given, slip) in [
            ("baers", true),
            ("isisk", true),
            ("Fancy Bear", true),
            ("al_nusra", true),
            ("TTP", true),
            ("al-nsura", true),
            // Another group, another body, another person.
            ("isis-p", false),
            ("irna", false),
            ("al-nasra", false),
            ("hassan-nasr", false),
            ("fancy-bera", false),
            ("fancy-bears", false),
            ("bear", false),
        ] {
            assert_eq!(near(given, names).map(|near| near.slip), Some(slip), "{given}");
        }
        let equal = near("baers", ["bears", "beaers"]);
        assert!(!equal.unwrap().slip);
    }
}
