//! Columns for people, aligned by what a terminal shows.

use unicode_width::UnicodeWidthStr;

/// Lines of a table: the head, then the rows.
pub(crate) fn lines(head: &[&str], rows: &[Vec<String>]) -> Vec<String> {
    let mut all = vec![head.iter().map(|h| (*h).to_owned()).collect::<Vec<String>>()];
    all.extend_from_slice(rows);
    columns(&all)
}

/// Lines of rows: two spaces between columns, nothing after the last.
pub(crate) fn columns(rows: &[Vec<String>]) -> Vec<String> {
    let mut widths: Vec<usize> = Vec::new();
    for row in rows {
        widths.resize(widths.len().max(row.len()), 0);
        for (w, cell) in widths.iter_mut().zip(row) {
            *w = (*w).max(cell.width());
        }
    }
    let line = |row: &Vec<String>| {
        let mut out = String::new();
        for (cell, w) in row.iter().zip(&widths) {
            out.push_str(cell);
            out.extend(std::iter::repeat_n(' ', w.saturating_sub(cell.width()) + 2));
        }
        out.truncate(out.trim_end().len());
        out
    };
    rows.iter().map(line).collect()
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
