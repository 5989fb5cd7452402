//! Briefwright turns a folder of Markdown briefs into a cross-linked static website.
//!
//! The program is [`engine::Engine::build`], a line of stages, each a pure function of immutable values:
//!
//! 1. [`io::read_site`] makes a [`base::Snapshot`]: every file, the settings from outside, and today. Nothing
//!    else enters a build.
//! 2. [`config::parse`] reads the settings.
//! 3. [`document::parse`] reads each file: front matter by the tables of its kind, Markdown as prose, headings,
//!    links and portion marks.
//! 4. [`edition::filter`] keeps what the audience may see. Nothing after it can know what it removed.
//! 5. [`site::catalogue`] gives everything its place, [`site::scan`] finds the names in each text,
//!    [`site::resolve`] says where each document's links lead, [`site::link`] turns them round.
//! 6. [`pages::derive`] names every page; [`html::render`] writes a document's text, [`pages::view`] says what a
//!    page shows, [`theme::render`] makes its bytes, page by page.
//! 7. An [`engine::Sink`] takes the files: [`io::Output`] stages them and commits them whole.
//!
//! What holds throughout:
//!
//! - Faults are values, [`base::Diagnostic`]; no fault hides another, and bad input never panics.
//! - Stages are remembered by the fingerprint of all their arguments ([`memo::Memo`]): a warm engine gives the
//!   same bytes as a cold one, and there is nothing to invalidate. So does one that finds them in a
//!   [`base::Store`] that outlives it, such as [`io::Cache`].
//! - A page reads the site through a reader that notes what it asks for ([`pages::Ask`]): a warm engine makes the page
//!   again when an answer is another ([`memo::Traced`]), not whenever anything is.
//! - The catalogue follows from front matter and headings. Prose changes the page that it is on, and the sentences
//!   that others show of it.
//! - Only documents and diagnostics know places in files; a page knows another document by its
//!   [`view::Card`].
//! - Files are touched in [`io`], [`publish`] and [`cli`] alone. The same snapshot gives the same bytes on any
//!   machine.
//!
//! [`serve`] keeps the engine warm and shows the site from memory while the writer types.
//! [`publish`] brings a finished output to where it is read. [`report`] shows faults, [`figure`] draws, [`view`] is what templates see, [`base`] is what all rooms speak in.

pub mod base;
pub mod cli;
pub mod config;
pub mod document;
pub mod edition;
pub mod engine;
#[cfg(feature = "remote")]
pub mod external;
pub mod figure;
pub mod html;
pub mod io;
pub mod memo;
pub mod pages;
pub mod publish;
pub mod report;
pub mod serve;
pub mod site;
pub mod theme;
pub mod view;
