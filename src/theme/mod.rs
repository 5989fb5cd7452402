//! View → bytes through the theme's templates.

mod fault;
mod fields;
mod load;
mod naming;
mod nav;
mod sheets;
mod survey;

pub use load::{Asset, CompileArgs, Files, Static, Theme, compile, load};

use std::cell::RefCell;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::base::{Diagnostic, Shared};
use crate::view::View;

/// What [`render`] depends on.
#[derive(Debug)]
pub struct Args {
    /// The theme.
    pub theme: Shared<Theme>,
    /// The view.
    pub view: Shared<View>,
}

impl Hash for Args {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.theme, &self.view).hash(state);
    }
}

thread_local! {
    /// What a page is rendered into, over and over.
    static DRAFT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// A rendered file, or why it could not be rendered.
pub type Rendered = Result<Arc<Vec<u8>>, Box<Diagnostic>>;

/// Renders a view.
///
/// # Errors
/// What the template did wrong, with its place in the template.
pub fn render(args: &Args) -> Rendered {
    let Args { theme, view } = args;
    let template = view.template();
    let fill = |bytes: &mut Vec<u8>| {
        let mut context = fields::context(&**view)?;
        context.insert_value("nav", theme.nav(view.page())?);
        theme.tera.render_to(template, &context, &mut *bytes)?;
        // No more room than it takes: the preview keeps every page.
        Ok(Arc::new(bytes.to_vec()))
    };
    let mut draft = DRAFT.take();
    draft.clear();
    let rendered = fill(&mut draft);
    DRAFT.set(draft);
    rendered.map_err(|error| Box::new(fault::diagnostic(&theme.sources, template, &error)))
}
