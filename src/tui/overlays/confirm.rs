//! How `app::overlays::confirm` looks.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::app::facts::Facts;
use crate::app::overlays::confirm::Confirm;
use crate::tui::look::Look;

/// Draws it into the body.
pub fn draw(_frame: &mut Frame<'_>, _area: Rect, _overlay: &Confirm, _cx: &Facts<'_>, _look: &Look) {}
