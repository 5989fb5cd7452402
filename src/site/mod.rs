//! Documents → site: who is who, what leads where, who is mentioned by whom.
//!
//! [`catalogue()`] gives everything its place, [`scan()`] finds the names in one document's text, [`resolve()`]
//! says where its links lead and whom it names, [`link()`] joins them all. What comes out is complete and knows
//! nothing of pages.

mod abbreviation;
mod address;
mod admit;
mod anchor;
mod backlink;
mod boundary;
mod catalogue;
mod excerpt;
mod find;
mod index;
mod judgement;
mod key;
mod link;
mod literal;
mod named;
mod names;
mod nodes;
mod outline;
mod reference;
mod renamed;
mod resolve;
mod scan;
mod supersedes;
mod told;
mod undeclared;

pub use address::{folder_of, has_feed};
pub use admit::{Admitted, admit};
pub use backlink::{Backlink, Company, CompanyArgs, Neighbours, company};
pub use catalogue::{Catalogue, Input, catalogue};
pub use index::Index;
pub use link::{Site, asset_url, link};
pub use names::{Name, NameList, Names};
pub use nodes::Node;
pub use outline::Outline;
pub use reference::{Role, countries, references};
pub use renamed::Renamed;
pub use resolve::{Cite, Link, Links, ResolveArgs, ResolveKey, Resolved, resolve};
pub use scan::{Mention, Mentions, ScanArgs, scan};
pub use supersedes::replaced;

use serde::{Deserialize, Serialize};

/// A document's place in [`Site::documents`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DocIx(pub u32);

/// An entity's or document's place in [`Catalogue::nodes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct NodeIx(pub u32);

impl DocIx {
    /// As an index.
    pub fn at(self) -> usize {
        self.0 as usize
    }

    /// From an index; a site has fewer than four milliard documents.
    pub fn new(at: usize) -> Self {
        Self(u32::try_from(at).unwrap_or(u32::MAX))
    }
}

impl NodeIx {
    /// As an index.
    pub fn at(self) -> usize {
        self.0 as usize
    }

    /// From an index.
    pub fn new(at: usize) -> Self {
        Self(u32::try_from(at).unwrap_or(u32::MAX))
    }
}
