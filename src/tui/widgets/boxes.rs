//! Boxes and lines of a scene, painted by the graph room and coloured here.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use crate::graph::{Face, Glyphs, Scene, Tone, Window, paint};
use crate::tui::look::Look;
use crate::tui::theme::Role;

/// Draws what a window from `camera` on shows of a scene. `faces` stand at the index of their box.
pub(crate) fn draw(
    buf: &mut Buffer,
    area: Rect,
    scene: &Scene,
    faces: &[Face],
    camera: (i32, i32),
    look: &Look,
) {
    let area = area.intersection(buf.area);
    let glyphs = if look.ascii { Glyphs::Ascii } else { Glyphs::Unicode };
    let window = Window { x: camera.0, y: camera.1, w: area.width, h: area.height };
    let canvas = paint(scene, faces, window, glyphs);
    let mut text = String::new();
    for y in 0..canvas.h.min(area.height) {
        for x in 0..canvas.w.min(area.width) {
            let Some(cell) = canvas.at(x, y).filter(|c| !c.is_covered()) else { continue };
            text.clear();
            cell.push_to(&mut text);
            let style = style(cell.tone, cell.is_selected, look);
            // A wide letter at the right rim would be halved: `set_stringn` leaves it out.
            super::line::put(buf, area.x + x, area.y + y, &text, area.width - x, style);
        }
    }
}

fn style(tone: Tone, is_selected: bool, look: &Look) -> Style {
    let style = match tone {
        Tone::Blank | Tone::Name | Tone::Bar => look.theme.style(Role::Text),
        Tone::Edge | Tone::Muted => look.theme.style(Role::Muted),
        Tone::Critical => look.theme.style(Role::Text).add_modifier(Modifier::BOLD),
        Tone::BackEdge => look.theme.style(Role::Caution),
        Tone::Frame(p) | Tone::Sign(p) | Tone::Live(p) => look.theme.style(Role::Phase(p)),
    };
    if is_selected { style.add_modifier(Modifier::REVERSED) } else { style }
}
