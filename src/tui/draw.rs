//! A whole frame: top line, panes, message line, keys, then overlays; at the end the pass for ASCII terminals.

use ratatui::Frame;
use ratatui::layout::Rect;

use super::look::Look;
use super::{ascii, caption, chrome, overlays, panes};
use crate::app::model::Model;
use crate::app::overlays::Overlay;
use crate::app::views::{Area, Form, PaneId, caption_rows};

/// Draws the model. Changes nothing: the same model gives the same frame.
pub fn draw(frame: &mut Frame<'_>, model: &Model, look: &Look) {
    let screen = frame.area();
    if screen.width == 0 || screen.height == 0 {
        return;
    }
    // The buffer may have another size than the model for one frame around a resize.
    let size = model.size;
    if Form::of(size) == Form::TooSmall {
        chrome::too_small(frame.buffer_mut(), model);
    } else {
        body(frame, model, look, screen);
        on_top(frame, model, look, screen);
        if let Some(tour) = model.tour() {
            let body = model.body();
            let below = Area { y: body.y + body.height, height: caption_rows(model.size), ..body };
            caption::draw(frame.buffer_mut(), rect(below).intersection(screen), tour, look);
        }
    }
    if look.ascii {
        ascii::pass(frame.buffer_mut());
    }
}

fn body(frame: &mut Frame<'_>, model: &Model, look: &Look, screen: Rect) {
    let slots = model.slots();
    let focused = model.focused().map(|s| s.pane);
    if model.settings.profiles.is_empty() {
        panes::topology::no_profile(frame, rect(model.body()).intersection(screen), look);
    } else {
        for slot in &slots {
            let area = rect(slot.area).intersection(screen);
            let cx = model.facts(slot.area.size());
            let has_focus = focused == Some(slot.pane) && model.overlays.is_empty();
            match slot.pane {
                PaneId::Topology => panes::topology::draw(frame, area, &model.topology, &cx, has_focus, look),
                PaneId::Detail => panes::detail::draw(frame, area, &model.detail, &cx, has_focus, look),
                PaneId::Tasks => panes::tasks::draw(frame, area, &model.tasks, &cx, has_focus, look),
                PaneId::Task => panes::task::draw(frame, area, &model.task, &cx, has_focus, look),
                PaneId::Log => panes::log::draw(frame, area, &model.log, &cx, has_focus, look),
                PaneId::Timeline => panes::timeline::draw(frame, area, &model.timeline, &cx, has_focus, look),
            }
        }
    }
    let buf = frame.buffer_mut();
    if let Some(replay) = &model.replay {
        let body = model.body();
        panes::replay::draw(buf, body.y + body.height, replay, model.now, look);
    }
    chrome::top(buf, model, look);
    chrome::message(buf, model, look);
    chrome::foot(buf, model, look);
}

fn on_top(frame: &mut Frame<'_>, model: &Model, look: &Look, screen: Rect) {
    let body = rect(model.body()).intersection(screen);
    let cx = model.facts(model.body().size());
    for overlay in &model.overlays {
        match overlay {
            Overlay::Dialog(d) => overlays::dialog::draw(frame, body, d, &cx, look),
            Overlay::Confirm(c) => overlays::confirm::draw(frame, body, c, &cx, look),
            Overlay::Actions(a) => overlays::actions::draw(frame, body, a, &cx, look),
            Overlay::Help(h) => overlays::help::draw(frame, body, h, &model.keymap, look),
            Overlay::Find(f) => overlays::find::draw(frame, f, look),
            Overlay::Note(n) => overlays::note::draw(frame, n, look),
            Overlay::Handoff(h) => overlays::handoff::draw(frame, body, h, &cx, look),
            Overlay::Card(c) => overlays::card::draw(frame, body, c, look),
            Overlay::Palette(p) => overlays::palette::draw(frame, body, p, &model.keymap, look),
            Overlay::Lost(page) => overlays::lost::draw(frame, body, page, &model.lost, look),
        }
    }
}

fn rect(area: Area) -> Rect {
    Rect { x: area.x, y: area.y, width: area.width, height: area.height }
}
