//! The blocks around and before the present event, which marks in the text give anchors to.

use super::Writer;
use crate::base::lang::is_right_to_left;

/// Words that are more than a name.
const A_FEW: usize = 4;

/// A block that is open.
#[derive(Default)]
pub(super) struct Block {
    /// Where its tag begins.
    start: usize,
    /// Where the tag of the last one in it begins that has ended.
    last: Option<usize>,
}

impl Writer<'_> {
    /// A block begins here.
    pub(super) fn open_block(&mut self) {
        self.blocks.push(Block { start: self.out.len(), last: None });
    }

    /// A block has ended. Of some it is not known where they stand, or they have anchors already.
    pub(super) fn close_block(&mut self, may_be_marked: bool) {
        let Some(Block { start, .. }) = self.blocks.pop() else { return };
        let is_written = start < self.out.len();
        if let Some(around) = self.blocks.last_mut().filter(|_| is_written || !may_be_marked) {
            around.last = may_be_marked.then_some(start);
        }
    }

    /// What comes now stands below no block.
    pub(super) fn part_blocks(&mut self) {
        if let Some(around) = self.blocks.last_mut() {
            around.last = None;
        }
    }

    /// A mark: of the paragraph around it, or of the item of which it ends the words.
    pub(super) fn mark(&mut self, name: &str) {
        match (&mut self.paragraph, self.blocks.last()) {
            (Some(paragraph), _) => paragraph.mark = Some(name.to_owned()),
            (None, Some(&Block { start, .. })) => drop(self.identify(start, name)),
            (None, None) => {}
        }
    }

    /// The present paragraph has a mark. One that holds nothing else gives it to the block before it.
    pub(super) fn mark_paragraph(&mut self, start: usize, name: &str) {
        let around = self.blocks.len().checked_sub(2).map(|at| &self.blocks[at]);
        let before = around.and_then(|around| around.last).filter(|_| self.out[start..] == *"<p></p>\n");
        if before.is_some_and(|before| self.identify(before, name)) {
            self.out.truncate(self.out.len() - "<p></p>\n".len());
        } else {
            self.identify(start, name);
        }
    }

    /// Gives the tag at `start` an anchor, unless it has one.
    fn identify(&mut self, start: usize, name: &str) -> bool {
        let is_free = self.tag_at(start).is_some_and(|tag| !tag.contains(" id="));
        if is_free {
            self.give(start, &format!(" id=\"^{name}\""));
        }
        is_free
    }

    /// Gives the present block a direction of its own, if most of its letters run the other way than its document's
    /// and it has a few words: a quotation in Persian. A name in a list is no such block.
    pub(super) fn direct(&mut self) {
        let Some(&Block { start, .. }) = self.blocks.last() else { return };
        let of_document = self.document.common.lang.dir();
        let html = self.out.get(start..).unwrap_or_default();
        if of_document == "ltr" && html.is_ascii() || self.tag_at(start).is_none() {
            return;
        }
        let (mut left, mut right, mut words) = (0, 0, 0);
        for text in html.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text) {
            words += text.split_whitespace().count();
            let letters = text.chars().filter(|ch| ch.is_alphabetic());
            letters.for_each(|ch| *(if is_right_to_left(ch) { &mut right } else { &mut left }) += 1);
        }
        let dir = if right > left { "rtl" } else { "ltr" };
        if dir != of_document && words >= A_FEW && left != right {
            self.give(start, &format!(" dir=\"{dir}\""));
        }
    }

    /// The tag that begins at a place, but for its end.
    fn tag_at(&self, start: usize) -> Option<&str> {
        self.out.get(start..)?.split('>').next().filter(|tag| tag.starts_with('<'))
    }

    /// Gives the tag at `start` an attribute, the first.
    pub(super) fn give(&mut self, start: usize, attribute: &str) {
        let name = self.out[start..].find([' ', '>']).unwrap_or_default();
        self.out.insert_str(start + name, attribute);
        // What comes after it stands elsewhere now.
        let paragraph = self.paragraph.iter_mut().map(|it| &mut it.start);
        let starts = self.blocks.iter_mut().map(|it| &mut it.start);
        let item = std::iter::once(&mut self.item);
        starts.chain(paragraph).chain(item).filter(|at| **at > start).for_each(|at| *at += attribute.len());
        let lasts = self.blocks.iter_mut().filter_map(|it| it.last.as_mut());
        lasts.filter(|at| **at > start).for_each(|at| *at += attribute.len());
    }
}
