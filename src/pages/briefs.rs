//! Lists of briefs: all, a year's, a month's.

use super::book::{month_name, month_url, year_url};
use super::frame::{cut, feeds, kind_crumb, pager};
use super::{Page, Period, Reader};
use crate::base::Kind;
use crate::site::{DocIx, folder_of};
use crate::view::{Briefs, Crumb, View};

pub(super) fn view(book: &Reader<'_>, page: &Page, period: Period, number: usize) -> View {
    let size = book.settings.page_size;
    let of_year: Vec<DocIx>;
    let (url, title, list): (_, String, &[DocIx]) = match period {
        Period::Month(year, month) => {
            let list = book.calendar.get(&(year, month)).map_or(&[] as &[_], Vec::as_slice);
            (month_url(year, month), format!("{} {year}", month_name(month)), list)
        }
        Period::Year(year) => {
            of_year = book
                .calendar
                .range((year, 0)..=(year, 12))
                .rev()
                .flat_map(|(_, briefs)| briefs.iter().copied())
                .collect();
            (year_url(year), year.to_string(), &of_year)
        }
        Period::All => (folder_of(Kind::Brief), "Briefs".to_owned(), &book.site.briefs),
    };
    let briefs: Vec<_> = cut(list, number, size).iter().map(|&at| book.document_card(at)).collect();
    let title = if number > 1 { format!("{title}, page {number}") } else { title };
    let section = if period == Period::All { "briefs" } else { "archive" };
    let mut frame = book.frame(page, &title, section, book.label(&briefs));
    let (year, month) = match period {
        Period::All => {
            frame.feeds = feeds(&crate::base::UrlPath::new(""), &book.settings.title);
            (None, None)
        }
        Period::Year(year) => {
            frame.crumbs.push(kind_crumb(Kind::Brief));
            (Some(year), None)
        }
        Period::Month(year, month) => {
            frame.crumbs.push(kind_crumb(Kind::Brief));
            frame.crumbs.push(Crumb { title: year.to_string(), url: year_url(year) });
            (Some(year), Some(month))
        }
    };
    View::Briefs(Box::new(Briefs {
        page: frame,
        briefs,
        pager: pager(&url, number, list.len(), size),
        archive: book.archive.clone(),
        year,
        month,
    }))
}
