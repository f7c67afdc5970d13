//! The whole of a large drawing in a corner: states of most concern, and a frame where the window is.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::line::put;
use crate::domain::status::Phase;
use crate::graph::glyph::{DOWN, LEFT, RIGHT, UP};
use crate::graph::minimap::{Minimap, is_worth, minimap};
use crate::graph::{Face, Glyphs, Scene, Window};
use crate::tui::look::Look;
use crate::tui::theme::{Role, symbol};

/// Columns and rows of the block, its own border included.
const MOST: (u16, u16) = (24, 8);
/// A place smaller than this is left to the drawing.
const FROM: (u16, u16) = (60, 14);

/// Draws it over the drawing of which the window from `camera` on is shown, where that is much larger than its place:
/// in the corner that does not hide `selected`.
pub(crate) fn draw(
    buf: &mut Buffer,
    area: Rect,
    scene: &Scene,
    faces: &[Face],
    (camera, selected): ((i32, i32), Option<usize>),
    look: &Look,
) {
    let window = Window { x: camera.0, y: camera.1, w: area.width, h: area.height };
    if area.width < FROM.0 || area.height < FROM.1 || !is_worth(scene, window) {
        return;
    }
    let map = minimap(scene, faces, window, (MOST.0 - 2, MOST.1 - 2));
    let hidden = selected
        .and_then(|ix| scene.boxes.get(ix))
        .map(|b| (b.x - camera.0, b.y - camera.1, b.x - camera.0 + b.w - 1, b.y - camera.1 + b.h - 1));
    let block = corner(area, (map.w + 2, map.h + 2), hidden);
    paint(buf, block, &map, look);
}

/// Lower right, else the first other corner that leaves the box alone.
fn corner(area: Rect, (w, h): (u16, u16), alone: Option<(i32, i32, i32, i32)>) -> Rect {
    let (right, bottom) = (area.width - w, area.height - h);
    let places = [(right, bottom), (right, 0), (0, bottom), (0, 0)];
    let is_free = |(x, y): &(u16, u16)| {
        alone.is_none_or(|(x0, y0, x1, y1)| {
            let (x, y) = (i32::from(*x), i32::from(*y));
            x1 < x || x0 >= x + i32::from(w) || y1 < y || y0 >= y + i32::from(h)
        })
    };
    let (x, y) = places.into_iter().find(is_free).unwrap_or((right, bottom));
    Rect { x: area.x + x, y: area.y + y, width: w, height: h }
}

fn paint(buf: &mut Buffer, block: Rect, map: &Minimap, look: &Look) {
    let theme = &look.theme;
    let glyphs = if look.ascii { Glyphs::Ascii } else { Glyphs::Unicode };
    let mut text = String::new();
    let (w, h) = (block.width, block.height);
    for y in 0..h {
        for x in 0..w {
            text.clear();
            let edge = arms((x, y), (0, 0, w - 1, h - 1));
            let inside = x.checked_sub(1).zip(y.checked_sub(1)).filter(|_| edge == 0);
            let phase = inside.and_then(|(cx, cy)| {
                map.cells.get(usize::from(cy) * usize::from(map.w) + usize::from(cx)).copied().flatten()
            });
            let frame = inside.map_or(0, |at| arms(at, map.window));
            let counts = phase.is_some_and(|p| p == Phase::Failed || p.is_active());
            let style = match phase {
                // The frame passes behind what has to be seen.
                Some(p) if counts || frame == 0 => {
                    text.push_str(symbol(p, look.ascii));
                    theme.style(Role::Phase(p))
                }
                _ => {
                    text.push(glyphs.line(edge | frame, false));
                    theme.style(if frame == 0 { Role::Muted } else { Role::Text })
                }
            };
            put(buf, block.x + x, block.y + y, &text, 1, style);
        }
    }
}

/// Arms of the frame around a rectangle in one of its cells; 0 where it has none. A frame of one cell is a cross.
fn arms((x, y): (u16, u16), (x0, y0, x1, y1): (u16, u16, u16, u16)) -> u8 {
    let is_in = (x0..=x1).contains(&x) && (y0..=y1).contains(&y);
    let (edge_x, edge_y) = (x == x0 || x == x1, y == y0 || y == y1);
    if !is_in || !(edge_x || edge_y) {
        return 0;
    }
    if (x0, y0) == (x1, y1) {
        return UP | DOWN | LEFT | RIGHT;
    }
    let arm = |is: bool, arm: u8| if is { arm } else { 0 };
    let upright = if edge_x { arm(y > y0, UP) | arm(y < y1, DOWN) } else { 0 };
    let level = if edge_y { arm(x > x0, LEFT) | arm(x < x1, RIGHT) } else { 0 };
    upright | level
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_block_leaves_the_selected_box_alone() {
        let area = Rect { x: 1, y: 2, width: 100, height: 30 };
        assert_eq!(corner(area, (24, 8), None), Rect { x: 77, y: 24, width: 24, height: 8 });
        assert_eq!(corner(area, (24, 8), Some((70, 20, 90, 24))).y, 2);
        assert_eq!(corner(area, (24, 8), Some((70, 0, 99, 29))).x, 1);
    }

    #[test]
    fn a_frame_has_corners_and_sides() {
        assert_eq!(arms((0, 0), (0, 0, 3, 3)), RIGHT | DOWN);
        assert_eq!(arms((1, 0), (0, 0, 3, 3)), LEFT | RIGHT);
        assert_eq!(arms((1, 1), (0, 0, 3, 3)), 0);
        assert_eq!(arms((2, 2), (2, 2, 2, 2)), UP | DOWN | LEFT | RIGHT);
    }
}
