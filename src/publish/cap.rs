//! How much a publisher may delete where nothing can be switched back.

/// How many objects one run may delete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cap {
    /// So many.
    Count(usize),
    /// So many in a hundred of those that are published, ten at least.
    Share(u8),
}

/// As many may always go: in a small site a single page is a large share.
const FEW: usize = 10;

impl Cap {
    /// Reads `200` or `25%`.
    ///
    /// # Errors
    /// What it should be.
    pub fn read(text: &str) -> Result<Self, String> {
        let cap = match text.strip_suffix('%') {
            Some(share) => share.parse().ok().filter(|share| *share <= 100).map(Self::Share),
            None => text.parse().ok().map(Self::Count),
        };
        cap.ok_or_else(|| "expected a number such as 200, or a share such as 50%".to_owned())
    }

    /// How many that is.
    pub fn of(self, published: usize) -> usize {
        match self {
            Self::Count(count) => count,
            Self::Share(100) => usize::MAX,
            Self::Share(share) => (published * usize::from(share) / 100).max(FEW),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_lets_a_few_go_always() {
        assert_eq!(Cap::read("25%"), Ok(Cap::Share(25)));
        assert_eq!(Cap::read("7"), Ok(Cap::Count(7)));
        assert!(["101%", "x", "-1", ""].iter().all(|text| Cap::read(text).is_err()));
        assert_eq!([Cap::Share(25).of(100), Cap::Share(25).of(8), Cap::Count(0).of(99)], [25, 10, 0]);
        assert_eq!(Cap::Share(100).of(0), usize::MAX, "objects of a publisher that was killed, too");
    }
}
