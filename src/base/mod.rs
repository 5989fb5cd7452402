//! The lowest room: values that every other room speaks in. It uses nothing of the others.

pub mod codes;
pub mod country;
mod country_table;
mod diagnostic;
pub mod edtf;
mod fingerprint;
mod key;
mod label;
pub mod lang;
pub mod mime;
pub mod node;
mod path;
pub mod seen;
pub mod shape;
mod snapshot;
mod span;
mod store;
pub mod toml;
pub mod yaml;

pub use country::CountryCode;
pub use diagnostic::{Code, Diagnostic, Level, Outcome, Place, nearest};
pub use edtf::Edtf;
pub use fingerprint::{Fingerprint, PrintTable, Prints, Shared, sealed};
pub use key::{Id, Key, Kind};
pub use label::Label;
pub use lang::Lang;
pub use path::{OutPath, SourcePath, UrlPath, decode, encode, is_joining, is_same, slug};
pub use snapshot::{Blob, Committed, Content, File, Override, Snapshot, Text};
pub use span::{Span, Spanned};
pub use store::Store;
