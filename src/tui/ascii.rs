//! The last pass over a frame on a terminal that shows only ASCII: every cell gets one, and nothing moves.

use ratatui::buffer::Buffer;

/// What a symbol becomes. Marks that carry a meaning have a letter of their own (screens 4); anything else is `?`.
fn letter(c: char) -> char {
    match c {
        '─' | '━' | '┄' | '┅' | '╌' | '╍' | '—' | '–' => '-',
        '│' | '┃' | '┆' | '┇' | '╎' | '╏' | '▏' => '|',
        '╱' | '↵' => '/',
        '╲' => '\\',
        '✓' | '\u{2500}'..='\u{257f}' => '+',
        '▶' | '▌' | '▸' | '→' | '›' | '»' => '>',
        '◀' | '←' | '‹' | '«' | '≤' => '<',
        '·' | '░' => '.',
        '○' => 'o',
        '✗' | '×' | '■' => 'x',
        '↷' => 's',
        '↺' => 'r',
        '◌' => 'c',
        '▾' | '▼' | '↓' => 'v',
        // One cell has room for one letter: of a control character the caret of the usual ^X (X01).
        '↑' | '\u{2400}'..='\u{2426}' => '^',
        '▲' => '!',
        '●' | '•' => '*',
        '…' => '~',
        '█' | '▉' | '▊' | '▋' | '▍' | '▎' | '▒' | '▓' => '#',
        _ => '?',
    }
}

/// Replaces what is not ASCII. A character of two columns becomes two letters.
pub fn pass(buf: &mut Buffer) {
    let width = usize::from(buf.area.width);
    let mut blank = 0;
    for (ix, cell) in buf.content.iter_mut().enumerate() {
        if width > 0 && ix % width == 0 {
            blank = 0;
        }
        if blank > 0 {
            cell.set_symbol("?");
            blank -= 1;
            continue;
        }
        let symbol = cell.symbol();
        if symbol.is_ascii() {
            continue;
        }
        let columns = unicode_width::UnicodeWidthStr::width(symbol);
        let mut chars = symbol.chars();
        let first = chars.next().unwrap_or(' ');
        let letter = if chars.next().is_some() { '?' } else { letter(first) };
        cell.set_char(letter);
        blank = columns.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    #[test]
    fn t09_no_cell_is_left_with_more_than_ascii_and_nothing_moves() {
        let mut buf = Buffer::empty(Rect::new(0, 0, 24, 1));
        buf.set_string(0, 0, "┌─✓ 生产a é ␛[31m…│", Style::default());
        pass(&mut buf);
        let line: String = buf.content.iter().map(ratatui::buffer::Cell::symbol).collect();
        assert_eq!(line.trim_end(), "+-+ ????a ? ^[31m~|");
    }
}
