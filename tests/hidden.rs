//! A law of editions on generated texts: what is left of a text is what its author would have written without the
//! parts that an edition leaves out.

use proptest::prelude::*;

use crate::laws::config;
use crate::memory::{Sources, cold};

#[derive(Clone, Debug)]
enum Block {
    Text {
        hidden: bool,
    },
    Quote(Vec<Block>),
    List {
        first: Option<usize>,
        items: Vec<Item>,
    },
    /// Of each row whether it is hidden.
    Table(Vec<bool>),
}

#[derive(Clone, Debug)]
struct Item {
    hidden: bool,
    below: Vec<Block>,
}

fn block() -> impl Strategy<Value = Block> {
    let leaf = prop_oneof![
        4 => any::<bool>().prop_map(|hidden| Block::Text { hidden }),
        1 => prop::collection::vec(any::<bool>(), 1..4).prop_map(Block::Table),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        let unquoted = inner.clone().prop_filter("in items", |block| !matches!(block, Block::Quote(_)));
        let item = (any::<bool>(), prop::collection::vec(unquoted, 0..3))
            .prop_map(|(hidden, below)| Item { hidden, below });
        let first = prop_oneof![Just(None), Just(Some(1)), Just(Some(8)), Just(Some(99))];
        let list = (first, prop::collection::vec(item, 1..5));
        prop_oneof![
            3 => list.prop_map(|(first, items)| Block::List { first, items }),
            1 => prop::collection::vec(inner, 1..4).prop_map(Block::Quote),
        ]
    })
}

/// Writes texts, with what is hidden or as if it had never been.
struct Writer {
    all: bool,
    /// With empty lines between the items of lists.
    loose: bool,
    /// So that no two blocks say the same; what is hidden counts too.
    count: usize,
}

impl Writer {
    fn blocks(&mut self, blocks: &[Block]) -> Vec<String> {
        let mut lines = Vec::new();
        for block in parted(blocks) {
            let block = self.block(block);
            if !lines.is_empty() && !block.is_empty() {
                lines.push(String::new());
            }
            lines.extend(block);
        }
        lines
    }

    fn block(&mut self, block: &Block) -> Vec<String> {
        match block {
            Block::Text { hidden } => self.text(*hidden).into_iter().collect(),
            Block::Quote(blocks) => {
                let lines = self.blocks(blocks);
                lines.iter().map(|line| format!("> {line}").trim_end().to_owned()).collect()
            }
            Block::List { first, items } => self.list(*first, items),
            Block::Table(rows) => {
                let mut lines = vec!["| a | b |".to_owned(), "|---|---|".to_owned()];
                let rows: Vec<_> = rows.iter().filter_map(|&hidden| self.text(hidden)).collect();
                lines.extend(rows.iter().map(|text| format!("| {text} | x |")));
                lines
            }
        }
    }

    fn list(&mut self, first: Option<usize>, items: &[Item]) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        let mut number = first.unwrap_or(1);
        for item in items {
            let text = self.text(item.hidden);
            let below = self.below(item);
            let Some(text) = text else { continue };
            let marker = first.map_or_else(|| "-".to_owned(), |_| format!("{number}."));
            let indent = " ".repeat(marker.len() + 1);
            if self.loose && !lines.is_empty() {
                lines.push(String::new());
            }
            lines.push(format!("{marker} {text}"));
            lines.extend(below.iter().map(|line| format!("{indent}{line}").trim_end().to_owned()));
            number += 1;
        }
        lines
    }

    /// What stands in an item below its first text: a list at once, where it can and lists are not loose, all else
    /// after an empty line.
    fn below(&mut self, item: &Item) -> Vec<String> {
        let mut lines = Vec::new();
        let mut after_list = false;
        for block in parted(&item.below) {
            let is_list = matches!(block, Block::List { first: None | Some(1), .. });
            let block = self.block(block);
            if block.is_empty() {
                continue;
            }
            if self.loose || !is_list || after_list {
                lines.push(String::new());
            }
            lines.extend(block);
            after_list = is_list;
        }
        lines
    }

    fn text(&mut self, hidden: bool) -> Option<String> {
        self.count += 1;
        match hidden {
            true => self.all.then(|| format!("(TLP:AMBER) SECRET {}", self.count)),
            false => Some(format!("Open {}", self.count)),
        }
    }
}

/// Two lists side by side would be one.
fn parted(blocks: &[Block]) -> impl Iterator<Item = &Block> {
    const BETWEEN: &Block = &Block::Text { hidden: false };
    let is_list = |at: usize| matches!(blocks.get(at), Some(Block::List { .. }));
    let with = move |(at, block)| [Some(block), (is_list(at) && is_list(at + 1)).then_some(BETWEEN)];
    blocks.iter().enumerate().flat_map(with).flatten()
}

fn page(text: &str) -> Result<String, TestCaseError> {
    let mut sources = Sources::default();
    let settings = "title = \"T\"\ntlp = \"green\"\n[[editions]]\nname = \"low\"\ntlp = \"green\"\n";
    let brief = format!("---\ntitle: A\ndate: 2025-01-01\n---\n{text}\n");
    for (path, text) in
        [("site.toml", settings), ("templates/brief.html", "{{ body }}"), ("content/briefs/a.md", &brief)]
    {
        sources.files.insert(path.to_owned(), text.to_owned());
    }
    sources.settings.push(("edition".to_owned(), "low".to_owned()));
    let built = cold(&sources);
    let faults = built.faults(&sources.snapshot());
    prop_assert!(faults.is_empty(), "{faults}in\n{text}");
    Ok(String::from_utf8_lossy(&built.files["briefs/a/index.html"]).into_owned())
}

proptest! {
    #![proptest_config(config(60))]

    #[test]
    fn what_is_left_is_what_would_have_been_written(
        blocks in prop::collection::vec(block(), 1..5),
        loose in any::<bool>(),
    ) {
        let write = |all| Writer { all, loose, count: 0 }.blocks(&blocks).join("\n");
        let (text, open) = (write(true), write(false));
        let (got, expected) = (page(&text)?, page(&open)?);
        prop_assert_eq!(got, expected, "{}\n--- was to be as\n{}", text, open);
    }
}
