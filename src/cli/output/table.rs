//! Columns for people, aligned by what a terminal shows.

use unicode_width::UnicodeWidthStr;

/// Lines of a table: the head, then the rows; two spaces between columns, nothing after the last.
pub(crate) fn lines(head: &[&str], rows: &[Vec<String>]) -> Vec<String> {
    let mut widths: Vec<usize> = head.iter().map(|h| h.width()).collect();
    for row in rows {
        for (w, cell) in widths.iter_mut().zip(row) {
            *w = (*w).max(cell.width());
        }
    }
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let mut out = String::new();
        for (cell, w) in cells.zip(&widths) {
            out.push_str(cell);
            out.extend(std::iter::repeat_n(' ', w.saturating_sub(cell.width()) + 2));
        }
        out.truncate(out.trim_end().len());
        out
    };
    let mut all = vec![line(&mut head.iter().copied())];
    all.extend(rows.iter().map(|r| line(&mut r.iter().map(String::as_str))));
    all
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn wide_letters_line_up() {
        let rows = [vec!["集群".to_owned(), "x".to_owned()], vec!["a".to_owned(), "y".to_owned()]];
        assert_eq!(lines(&["NAME", "S"], &rows), ["NAME  S", "集群  x", "a     y"]);
    }
}
