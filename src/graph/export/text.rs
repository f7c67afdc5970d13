//! The drawing as lines of text, and nothing but the drawing.

use crate::graph::canvas::{Canvas, Face, Window, paint};
use crate::graph::glyph::Glyphs;
use crate::graph::scene::Scene;

/// The whole drawing with box lines, a line feed after each row, trailing blanks left out.
pub fn text(scene: &Scene, faces: &[Face]) -> String {
    lines(scene, faces, Glyphs::Unicode)
}

/// The whole drawing in `+ - |`, cell for cell the same as [`text`].
pub fn ascii(scene: &Scene, faces: &[Face]) -> String {
    lines(scene, faces, Glyphs::Ascii)
}

/// Painted in bands, so that a drawing of any height needs little room beside its text.
fn lines(scene: &Scene, faces: &[Face], glyphs: Glyphs) -> String {
    const BAND: i32 = 64;
    let mut out = String::new();
    let w = u16::try_from(scene.width).unwrap_or(u16::MAX);
    let mut y = 0;
    while y < scene.height {
        let h = (scene.height - y).min(BAND) as u16;
        let canvas = paint(scene, faces, Window { x: 0, y, w, h }, glyphs);
        rows(&canvas, &mut out);
        y += BAND;
    }
    out
}

fn rows(canvas: &Canvas, out: &mut String) {
    for y in 0..canvas.h {
        let start = out.len();
        for x in 0..canvas.w {
            if let Some(cell) = canvas.at(x, y) {
                cell.push_to(out);
            }
        }
        out.truncate(start + out.get(start..).map_or(0, |row| row.trim_end_matches(' ').len()));
        out.push('\n');
    }
}
