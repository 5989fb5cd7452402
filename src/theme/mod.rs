//! View → bytes through the theme's templates.

mod fault;
mod fields;
mod load;
mod nav;

pub use load::{Asset, CompileArgs, Files, Static, Theme, compile, load};

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

/// A rendered file, or why it could not be rendered.
pub type Rendered = Result<Arc<Vec<u8>>, Box<Diagnostic>>;

/// Renders a view.
///
/// # Errors
/// What the template did wrong, with its place in the template.
pub fn render(args: &Args) -> Rendered {
    let Args { theme, view } = args;
    let template = view.template();
    let mut bytes = Vec::with_capacity(16 * 1024);
    let fill = |bytes: &mut Vec<u8>| {
        let mut context = fields::context(&**view)?;
        context.insert_value("nav", theme.nav(view.page())?);
        theme.tera.render_to(template, &context, bytes)
    };
    fill(&mut bytes).map_err(|error| Box::new(fault::diagnostic(theme, template, &error)))?;
    Ok(Arc::new(bytes))
}
