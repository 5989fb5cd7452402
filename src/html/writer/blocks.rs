//! The blocks around and before the present event, which marks in the text give anchors to.

use super::Writer;

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
        if let Some(around) = self.blocks.last_mut().filter(|_| is_written) {
            around.last = may_be_marked.then_some(start);
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
            let end = self.out.len() - "<p></p>\n".len();
            self.out.truncate(end);
        } else {
            self.identify(start, name);
        }
    }

    /// Gives the tag at `start` an anchor, unless it has one.
    fn identify(&mut self, start: usize, name: &str) -> bool {
        let tag = self.out[start..].split('>').next().unwrap_or_default();
        let is_free = tag.starts_with('<') && !tag.contains(" id=");
        if is_free {
            let end = tag.find(' ').unwrap_or(tag.len());
            self.out.insert_str(start + end, &format!(" id=\"^{name}\""));
        }
        is_free
    }
}
