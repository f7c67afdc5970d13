//! How `app::panes::tasks` looks.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::app::facts::Facts;
use crate::app::panes::tasks::Tasks;
use crate::tui::look::Look;

/// Draws the pane with its frame into `area`.
pub fn draw(
    _frame: &mut Frame<'_>,
    _area: Rect,
    _pane: &Tasks,
    _cx: &Facts<'_>,
    _has_focus: bool,
    _look: &Look,
) {
}
