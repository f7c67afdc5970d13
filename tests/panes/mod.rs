//! Keys in, whole frames out.

mod actions;
mod confirm;
mod dialog;
mod dry_run;
mod export;
mod forbidden;
mod frame;
mod help;
mod life;
mod log;
mod lost;
mod nested;
mod palette;
mod replay;
mod seeded;
mod standby;
mod stop;
mod task;
mod tasks;
mod timeline;
mod topology;
mod tour;
mod world;

use obdeck::app::key::Size;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

/// What is drawn, as text: a line for each row, without spaces at the ends.
fn text_of(size: Size, draw: impl FnOnce(&mut ratatui::Frame<'_>)) -> String {
    let Ok(mut terminal) = Terminal::new(TestBackend::new(size.width, size.height));
    let Ok(_) = terminal.draw(draw);
    let buffer = terminal.backend().buffer();
    let mut text = String::new();
    for y in 0..size.height {
        let mut row = String::new();
        let mut covered = 0;
        for x in 0..size.width {
            let symbol = buffer[(x, y)].symbol();
            // The second cell of a wide letter holds nothing of its own.
            if covered > 0 {
                covered -= 1;
                continue;
            }
            covered = unicode_width::UnicodeWidthStr::width(symbol).saturating_sub(1);
            row.push_str(symbol);
        }
        text.push_str(row.trim_end());
        text.push('\n');
    }
    text
}
