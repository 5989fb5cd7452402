//! Briefwright turns a folder of Markdown briefs into a cross-linked static website.

pub mod base;
pub mod cli;
pub mod config;
pub mod document;
pub mod edition;
pub mod engine;
pub mod figure;
pub mod html;
pub mod io;
pub mod memo;
pub mod pages;
pub mod report;
pub mod site;
pub mod theme;
pub mod view;
