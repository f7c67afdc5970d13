//! The colours and attributes a terminal writes with, and the shortest way from one to another.

use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};

/// What the terminal writes with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pen {
    /// Foreground.
    pub fg: Color,
    /// Background.
    pub bg: Color,
    /// Attributes.
    pub mods: Modifier,
}

/// Attributes that show on a blank cell.
const SEEN_ON_BLANK: Modifier = Modifier::REVERSED.union(Modifier::UNDERLINED).union(Modifier::CROSSED_OUT);

/// Attribute, code that sets it, code that ends it. Bold and dim share their end.
const ATTRIBUTES: [(Modifier, u8, u8); 9] = [
    (Modifier::BOLD, 1, 22),
    (Modifier::DIM, 2, 22),
    (Modifier::ITALIC, 3, 23),
    (Modifier::UNDERLINED, 4, 24),
    (Modifier::SLOW_BLINK, 5, 25),
    (Modifier::RAPID_BLINK, 6, 25),
    (Modifier::REVERSED, 7, 27),
    (Modifier::HIDDEN, 8, 28),
    (Modifier::CROSSED_OUT, 9, 29),
];

impl Pen {
    /// As after a reset.
    pub const PLAIN: Pen = Pen { fg: Color::Reset, bg: Color::Reset, mods: Modifier::empty() };

    /// The pen a cell is written with.
    pub fn of(cell: &Cell) -> Self {
        Self { fg: cell.fg, bg: cell.bg, mods: cell.modifier }
    }
    /// The simplest pen that makes a blank look the same.
    #[must_use]
    pub fn for_blank(self) -> Self {
        if self.mods.intersects(SEEN_ON_BLANK) {
            self
        } else {
            Self { fg: Color::Reset, bg: self.bg, mods: Modifier::empty() }
        }
    }
    /// Appends what makes the terminal's pen `to`: what changed, or a reset and the rest, whichever is shorter.
    pub fn change(self, to: Pen, out: &mut Vec<u8>) {
        if self == to {
            return;
        }
        let (step, mut anew) = (self.codes_to(to), Pen::PLAIN.codes_to(to));
        anew.insert_str(0, if anew.is_empty() { "" } else { "0;" });
        let codes = if step.len() <= anew.len() { step } else { anew };
        out.extend_from_slice(b"\x1b[");
        out.extend_from_slice(codes.as_bytes());
        out.push(b'm');
    }

    fn codes_to(self, to: Pen) -> String {
        let mut codes = Codes::default();
        let gone = self.mods.difference(to.mods);
        let mut have = self.mods;
        for (attribute, _, end) in ATTRIBUTES {
            if gone.contains(attribute) && have.contains(attribute) {
                codes.push(end);
                for (other, _, same_end) in ATTRIBUTES {
                    if same_end == end {
                        have.remove(other);
                    }
                }
            }
        }
        for (attribute, set, _) in ATTRIBUTES {
            if to.mods.contains(attribute) && !have.contains(attribute) {
                codes.push(set);
            }
        }
        if self.fg != to.fg {
            codes.color(to.fg, 30);
        }
        if self.bg != to.bg {
            codes.color(to.bg, 40);
        }
        codes.0
    }
}

#[derive(Default)]
struct Codes(String);

impl Codes {
    fn push(&mut self, code: u8) {
        self.text(&code.to_string());
    }
    fn text(&mut self, text: &str) {
        if !self.0.is_empty() {
            self.0.push(';');
        }
        self.0.push_str(text);
    }
    /// `base` is 30 for the foreground, 40 for the background.
    fn color(&mut self, color: Color, base: u8) {
        let (dark, light) = (base, base + 60);
        match color {
            Color::Reset => self.push(base + 9),
            Color::Black => self.push(dark),
            Color::Red => self.push(dark + 1),
            Color::Green => self.push(dark + 2),
            Color::Yellow => self.push(dark + 3),
            Color::Blue => self.push(dark + 4),
            Color::Magenta => self.push(dark + 5),
            Color::Cyan => self.push(dark + 6),
            Color::Gray => self.push(dark + 7),
            Color::DarkGray => self.push(light),
            Color::LightRed => self.push(light + 1),
            Color::LightGreen => self.push(light + 2),
            Color::LightYellow => self.push(light + 3),
            Color::LightBlue => self.push(light + 4),
            Color::LightMagenta => self.push(light + 5),
            Color::LightCyan => self.push(light + 6),
            Color::White => self.push(light + 7),
            Color::Indexed(i) => self.text(&format!("{};5;{i}", base + 8)),
            Color::Rgb(r, g, b) => self.text(&format!("{};2;{r};{g};{b}", base + 8)),
        }
    }
}
