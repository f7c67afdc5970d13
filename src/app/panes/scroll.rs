//! The part of a list that is in view: the selection is always in it, and it moves no further than it must.

use crate::app::command::Command;
use crate::app::key::Size;

/// Whether a pane of this size has a frame; a smaller one has a title line and one line per item (screens 2).
pub(crate) fn has_frame(pane: Size) -> bool {
    pane.width >= 40 && pane.height >= 4 && (pane.width >= 60 || pane.height >= 15)
}

/// The first row in view, kept so that `selected` is visible in `page` rows of `count`.
pub(crate) fn keep(top: usize, selected: usize, count: usize, page: usize) -> usize {
    let page = page.max(1);
    let top = top.min(count.saturating_sub(page));
    if selected < top {
        selected
    } else if selected >= top + page {
        selected + 1 - page
    } else {
        top
    }
}

/// Where a movement leads in a list; `None` for a command that is no movement.
pub(crate) fn step(command: Command, at: usize, count: usize, page: usize) -> Option<usize> {
    let last = count.saturating_sub(1);
    let page = page.max(1);
    let to = match command {
        Command::Up => at.saturating_sub(1),
        Command::Down => at.saturating_add(1),
        Command::HalfPageUp => at.saturating_sub(page.div_ceil(2)),
        Command::HalfPageDown => at.saturating_add(page.div_ceil(2)),
        Command::PageUp => at.saturating_sub(page),
        Command::PageDown => at.saturating_add(page),
        Command::First => 0,
        Command::Last => last,
        _ => return None,
    };
    Some(to.min(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_view_moves_no_further_than_it_must() {
        assert_eq!(keep(0, 3, 10, 5), 0);
        assert_eq!(keep(0, 5, 10, 5), 1);
        assert_eq!(keep(4, 2, 10, 5), 2);
        assert_eq!(keep(9, 9, 10, 5), 5);
        assert_eq!(keep(3, 0, 0, 0), 0);
    }

    #[test]
    fn a_step_never_leaves_the_list() {
        assert_eq!(step(Command::Down, 4, 5, 3), Some(4));
        assert_eq!(step(Command::Up, 0, 0, 3), Some(0));
        assert_eq!(step(Command::PageDown, 0, 5, 3), Some(3));
        assert_eq!(step(Command::Enter, 0, 5, 3), None);
    }
}
