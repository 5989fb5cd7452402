//! The lowest room: values that every other room speaks in. It uses nothing of the others.

pub mod codes;
pub mod country;
mod country_table;
mod diagnostic;
pub mod edtf;
mod encoding;
mod fingerprint;
mod key;
mod label;
pub mod lang;
pub mod mime;
mod nearest;
pub mod node;
pub mod order;
mod path;
mod portable;
pub mod shape;
mod snapshot;
mod span;
mod store;
pub mod toml;
pub mod yaml;

pub use country::CountryCode;
pub use diagnostic::{Code, Diagnostic, Group, Level, Outcome, Place};
pub use edtf::Edtf;
pub use encoding::Encoding;
pub use fingerprint::{Fingerprint, PrintTable, Prints, Shared, sealed};
pub use key::{Id, Key, Kind};
pub use label::Label;
pub use lang::Lang;
pub use nearest::{Near, NearNames, near, nearest};
pub use path::{OutPath, SourcePath, UrlPath, decode, encode, is_joining, is_same, joined, slug};
pub use portable::unportable;
pub use snapshot::{Blob, Committed, Content, File, Override, Snapshot, Text};
pub use span::{Span, Spanned};
pub use store::Store;
