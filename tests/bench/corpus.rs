//! Synthetic briefs in any number: 5.7 KB each, three of 300 actors by Zipf's law, two countries, three
//! topics, links to earlier briefs, lists, tables, code in one of ten. A seed gives the same briefs always.
//! `against-hugo` makes the same kind of briefs for both programs that it compares.

use std::fmt::Write as _;

const WORDS: &str = "the of and to in that security border forces group attack officials region government
reported militants province statement ministry leaders council said concern threat across network
foreign fighters central checkpoint convoy valley district commander claimed responsibility warned
intelligence cooperation military operation northern eastern southern western capital embassy
sanctions talks delegation ceasefire recruitment financing propaganda cell arrested killed wounded
civilians market mosque school highway rail pipeline dam airport exercise deployment drone
artillery smuggling weapons refugees camp aid agency observers analysts assess likely unlikely
escalation spillover stability rivalry affiliate faction splinter negotiations elections protest
economy trade transit corridor energy water telecom outage investigation court trial verdict";
const COUNTRIES: &str =
    "AF RU TJ UZ TM KZ KG PK IR IN CN TR SY IQ LB IL JO SA YE OM AE QA KW BH EG LY TN DZ MA
ML NE BF NG TD CM CF SD SS ET ER SO KE UG RW CD MZ TZ ZA FR DE GB US CA MX CO VE BR AR UA BY PL RO MD
GE AM AZ RS XK BA AL GR CY MM TH PH ID MY BD LK NP JP KR KP VN";
const TOPICS: &str =
    "terrorism insurgency borders finance recruitment diplomacy energy cyber piracy migration
elections sanctions crime drones propaganda aviation water prisons coups ceasefires";
const SYLLABLES: &str = "ka ra mi to sha zu qar dan bel nor tik hez lam vor jai run ghaz wal sef kor";
const BODIES: [&str; 6] = ["Front", "Brigade", "Movement", "Army", "Council", "Network"];
const ACTORS: usize = 300;

/// The files of a site of `briefs` briefs: path from the site's folder, and text.
pub fn site(briefs: usize, seed: u64) -> Vec<(String, String)> {
    let mut chance = Chance(seed);
    let corpus = Corpus::new(&mut chance);
    let years: Vec<usize> = (0..briefs).map(|_| 2020 + chance.below(6)).collect();
    let settings = "title = \"Briefs\"\nbase_url = \"https://example.org/\"\n";
    let mut files = vec![("site.toml".to_owned(), settings.to_owned())];
    files.extend(corpus.actors.iter().map(Actor::file));
    files.extend((0..briefs).map(|nth| {
        let path = format!("content/briefs/{}/brief-{nth:06}.md", years[nth]);
        (path, Writer { corpus: &corpus, chance: &mut chance, years: &years }.brief(nth))
    }));
    files
}

struct Corpus {
    words: Vec<&'static str>,
    topics: Vec<&'static str>,
    actors: Vec<Actor>,
    actor_weights: Weights,
    countries: Vec<&'static str>,
    country_weights: Weights,
}

impl Corpus {
    fn new(chance: &mut Chance) -> Self {
        let countries: Vec<_> = COUNTRIES.split_whitespace().collect();
        Self {
            words: WORDS.split_whitespace().collect(),
            topics: TOPICS.split_whitespace().collect(),
            actors: actors(chance),
            actor_weights: Weights::zipf(ACTORS),
            country_weights: Weights::zipf(countries.len()),
            countries,
        }
    }
}

struct Actor {
    id: String,
    name: String,
    short: String,
    other: String,
}

impl Actor {
    fn file(&self) -> (String, String) {
        let Self { id, name, short, other } = self;
        let text = format!(
            "---\nname: \"{name}\"\naliases: [\"{short}\", \"{other}\"]\n---\n\n{name} is a synthetic actor.\n"
        );
        (format!("content/actors/{id}.md"), text)
    }
}

fn actors(chance: &mut Chance) -> Vec<Actor> {
    let syllables: Vec<_> = SYLLABLES.split_whitespace().collect();
    let mut actors: Vec<Actor> = Vec::with_capacity(ACTORS);
    while actors.len() < ACTORS {
        let first: String = (0..2 + chance.below(2)).map(|_| chance.of(&syllables)).collect();
        let (first, second) = (capital(&first), chance.of(&BODIES));
        let name = format!("{first} {second}");
        let id = name.to_lowercase().replace(' ', "-");
        if actors.iter().all(|actor| actor.id != id) {
            let short = format!("{}{}{}", &first[..1], &second[..1], 10 + chance.below(90));
            actors.push(Actor { id, name, short, other: format!("{first}i {second}") });
        }
    }
    actors
}

/// One brief being written.
struct Writer<'a> {
    corpus: &'a Corpus,
    chance: &'a mut Chance,
    years: &'a [usize],
}

impl Writer<'_> {
    fn brief(mut self, nth: usize) -> String {
        let actors = self.chance.several(3, |chance| self.corpus.actor_weights.pick(chance));
        let countries = self.chance.several(2, |chance| self.corpus.country_weights.pick(chance));
        let topics = self.chance.several(3, |chance| chance.below(self.corpus.topics.len()));
        let date =
            format!("{}-{:02}-{:02}", self.years[nth], 1 + self.chance.below(12), 1 + self.chance.below(28));
        let list = |ids: Vec<&str>| ids.iter().map(|id| format!("\"{id}\"")).collect::<Vec<_>>().join(", ");
        let mut out = format!(
            "---\ntitle: \"{}\"\ndate: {date}\nsummary: \"{}\"\nactors: [{}]\ncountries: [{}]\ntopics: [{}]\n---\n\n",
            self.title(7),
            self.sentence(&actors).replace('*', "").split(" [").next().unwrap_or_default(),
            list(actors.iter().map(|&at| self.corpus.actors[at].id.as_str()).collect()),
            list(countries.iter().map(|&at| self.corpus.countries[at]).collect()),
            list(topics.iter().map(|&at| self.corpus.topics[at]).collect()),
        );
        for part in 0..5 {
            let _ = writeln!(out, "## {} {}\n", self.title(3), part + 1);
            for _ in 0..2 {
                let sentences: Vec<_> = (0..4).map(|_| self.sentence(&actors)).collect();
                let _ = writeln!(out, "{}\n", sentences.join(" "));
            }
            match part {
                1 => (0..4).for_each(|_| _ = writeln!(out, "- {}", self.sentence(&actors))),
                2 if nth > 0 => out += &self.links(nth),
                3 if nth.is_multiple_of(10) => out += &self.code(nth),
                _ => {}
            }
            if part == 3 && nth.is_multiple_of(5) {
                out += &self.table(&date);
            }
            out.push('\n');
        }
        out
    }

    fn word(&mut self) -> &'static str {
        self.chance.of(&self.corpus.words)
    }

    fn title(&mut self, words: usize) -> String {
        (0..words).map(|_| capital(self.word())).collect::<Vec<_>>().join(" ")
    }

    fn sentence(&mut self, actors: &[usize]) -> String {
        let mut words: Vec<String> = (0..9 + self.chance.below(14)).map(|_| self.word().to_owned()).collect();
        let at = self.chance.below(words.len());
        let actor = &self.corpus.actors[self.chance.of(actors)];
        match self.chance.below(100) {
            0..25 => words[at].clone_from(&actor.name),
            25..30 => words[at].clone_from(&actor.short),
            30..33 => words[at] = format!("**{}**", self.word()),
            33..36 => {
                words[at] = format!("[{}](https://example.org/{})", self.word(), self.chance.below(9999));
            }
            _ => {}
        }
        words[0] = capital(&words[0]);
        words.join(" ") + "."
    }

    fn links(&mut self, nth: usize) -> String {
        let link = |at: usize| format!("[brief {at}](../{}/brief-{at:06}.md)", self.years[at]);
        let links: Vec<_> = (0..3).map(|_| link(self.chance.below(nth))).collect();
        format!("Earlier reporting: {}.\n", links.join(", "))
    }

    fn code(&mut self, nth: usize) -> String {
        let word = self.word();
        format!(
            "```c\nrule suspicious_{nth} {{\n  strings:\n    $a = \"{word}\" nocase\n  condition:\n    $a and filesize < 2MB\n}}\n```\n\n"
        )
    }

    fn table(&mut self, date: &str) -> String {
        let row = |_| {
            format!("| {date} | {} | {} |\n", self.chance.of(&self.corpus.words), 1 + self.chance.below(60))
        };
        "| date | what | number |\n| --- | --- | --- |\n".to_owned() + &(0..5).map(row).collect::<String>()
    }
}

fn capital(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    first.to_uppercase() + rest
}

/// Sums of weights, to pick from: the nth of a population weighs 1/n^0.8.
struct Weights(Vec<f64>);

impl Weights {
    fn zipf(count: usize) -> Self {
        let weight =
            |nth: usize| 1.0 / f64::from(u32::try_from(nth).expect("a population is small")).powf(0.8);
        let sums = (1..=count).scan(0.0, |sum, nth| {
            *sum += weight(nth);
            Some(*sum)
        });
        Self(sums.collect())
    }

    fn pick(&self, chance: &mut Chance) -> usize {
        let all = self.0.last().expect("a population is not empty");
        let mark = chance.part() * all;
        self.0.partition_point(|&sum| sum < mark).min(self.0.len() - 1)
    }
}

/// SplitMix64: small, and the same everywhere.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to 1.
    fn part(&mut self) -> f64 {
        f64::from(u32::try_from(self.next() >> 32).expect("32 bits are left")) / f64::from(u32::MAX)
    }

    fn below(&mut self, end: usize) -> usize {
        let high = u128::from(self.next()) * (end as u128);
        usize::try_from(high >> 64).expect("less than `end`")
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    /// `count` different ones.
    fn several(&mut self, count: usize, mut pick: impl FnMut(&mut Self) -> usize) -> Vec<usize> {
        let mut found = Vec::with_capacity(count);
        while found.len() < count {
            let one = pick(self);
            if !found.contains(&one) {
                found.push(one);
            }
        }
        found
    }
}
