//! The navigation. It is the same on all pages of one depth and section, so `nav.html` is rendered once for each.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tera::{Context, TeraResult, Value};

use super::Theme;
use crate::view::Frame;

/// The template's file name.
const TEMPLATE: &str = "nav.html";

/// Navigations by the way to the root and the address that is marked as current.
#[derive(Debug, Default)]
pub(super) struct Navs(Mutex<HashMap<(String, String, bool), Value>>);

impl Theme {
    /// The navigation for a page, safe HTML. The template sees `root`, `here` (the address of the section the
    /// page is in, as in `site.nav`) and `exact`, whether `here` is the page itself.
    pub(super) fn nav(&self, page: &Frame) -> TeraResult<Value> {
        let exact = page.crumbs.is_empty();
        let here = page.crumbs.first().map_or(&page.url, |crumb| &crumb.url);
        let listed = self.sections.contains(here);
        let key = (page.root.clone(), if listed { here.href() } else { String::new() }, exact);
        // Values are whole when they are stored, whatever a panicking thread left behind.
        if let Some(nav) = self.navs.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(nav.clone());
        }
        let mut context = Context::new();
        context.insert("root", &key.0);
        context.insert("here", &key.1);
        context.insert("listed", &listed);
        context.insert("exact", &exact);
        let nav = Value::safe_string(&self.tera.render(TEMPLATE, &context)?);
        self.navs.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key, nav.clone());
        Ok(nav)
    }
}
