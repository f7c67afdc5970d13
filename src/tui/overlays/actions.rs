//! How `app::overlays::actions` looks.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::app::facts::Facts;
use crate::app::overlays::actions::Actions;
use crate::tui::look::Look;

/// Draws it into the body.
pub fn draw(_frame: &mut Frame<'_>, _area: Rect, _overlay: &Actions, _cx: &Facts<'_>, _look: &Look) {}
