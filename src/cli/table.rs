//! Columns of text, aligned by what a terminal shows.

use unicode_width::UnicodeWidthStr as _;

/// Lays out rows under a header. The last column is left ragged, so text of any script and width goes there.
/// Control characters are shown as `␣`, because a title must not write to the terminal.
pub(super) fn table<const N: usize>(header: [&str; N], rows: &[[String; N]], right: [bool; N]) -> String {
    let clean = |text: &str| text.replace(char::is_control, "␣");
    let rows: Vec<[String; N]> = std::iter::once(header.map(str::to_owned))
        .chain(rows.iter().map(|row| std::array::from_fn(|column| clean(&row[column]))))
        .collect();
    let widths: [usize; N] =
        std::array::from_fn(|column| rows.iter().map(|row| row[column].width()).max().unwrap_or(0));
    let mut out = String::new();
    for row in &rows {
        for (column, cell) in row.iter().enumerate() {
            let gap = " ".repeat(widths[column] - cell.width());
            match (right[column], column + 1 == N) {
                (true, _) => out.extend([gap.as_str(), cell]),
                (false, true) => out.push_str(cell),
                (false, false) => out.extend([cell, gap.as_str()]),
            }
            if column + 1 < N {
                out.push_str("  ");
            }
        }
        out.truncate(out.trim_end_matches(' ').len());
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_align_in_any_script() {
        let rows = [["ttp", "7", "Tehrik-i-Taliban"], ["طالبان", "12", "a\u{1b}b"]]
            .map(|row| row.map(str::to_owned));
        let shown = table(["id", "mentions", "name"], &rows, [false, true, false]);
        assert_eq!(
            shown,
            "id      mentions  name\nttp            7  Tehrik-i-Taliban\nطالبان        12  a␣b\n"
        );
    }
}
