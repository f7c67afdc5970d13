//! What lies where: lines, heads and boxes by tiles, so that painting costs what the window shows.

use super::scene::{Head, Line, NodeBox};

/// Columns of a tile.
const TILE_W: i32 = 64;
/// Rows of a tile.
const TILE_H: i32 = 16;
/// Tiles of a drawing; those of a larger one, which nobody could look through, are larger.
const TILES: i64 = 100_000;

/// Lists of a scene's things by tile.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Index {
    /// Cells of a tile.
    tile: (i32, i32),
    across: i32,
    down: i32,
    pub(crate) lines: Tiles,
    pub(crate) heads: Tiles,
    pub(crate) boxes: Tiles,
}

/// For each tile a list, in one array.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Tiles {
    start: Vec<u32>,
    list: Vec<u32>,
}

/// A rectangle of cells: first column and row, last column and row.
type Area = (i32, i32, i32, i32);

impl Index {
    /// Sorts the things of a scene of this size into tiles.
    pub(crate) fn new(size: (i32, i32), lines: &[Line], heads: &[Head], boxes: &[NodeBox]) -> Self {
        let mut tile = (TILE_W, TILE_H);
        let count = |tile: (i32, i32)| ((size.0 + tile.0 - 1) / tile.0, (size.1 + tile.1 - 1) / tile.1);
        while i64::from(count(tile).0) * i64::from(count(tile).1) > TILES {
            tile = (2 * tile.0, 2 * tile.1);
        }
        let (across, down) = count(tile);
        let tiles = |areas: Vec<Area>| Tiles::new(tile, across, down, &areas);
        Self {
            tile,
            across,
            down,
            lines: tiles(lines.iter().map(|l| (l.x0, l.y0, l.x1, l.y1)).collect()),
            heads: tiles(heads.iter().map(|h| (h.x, h.y, h.x, h.y)).collect()),
            boxes: tiles(boxes.iter().map(|b| (b.x, b.y, b.x + b.w - 1, b.y + b.h - 1)).collect()),
        }
    }
    /// Everything of one kind that may touch an area; a thing in several tiles comes several times.
    pub(crate) fn touching<'a>(&self, tiles: &'a Tiles, area: Area) -> impl Iterator<Item = usize> + 'a {
        // An empty index has no tiles, and no size of one.
        let (w, h) = (self.tile.0.max(1), self.tile.1.max(1));
        let (x0, x1) = (area.0.max(0) / w, (area.2 / w).min(self.across - 1));
        let (y0, y1) = (area.1.max(0) / h, (area.3 / h).min(self.down - 1));
        let across = self.across;
        let rows = if area.2 < 0 || area.3 < 0 { 0..0 } else { y0..y1 + 1 };
        rows.flat_map(move |ty| (x0..=x1).map(move |tx| (ty * across + tx) as usize))
            .flat_map(|tile| tiles.of(tile).iter().map(|ix| *ix as usize))
    }
}

impl Tiles {
    fn new((w, h): (i32, i32), across: i32, down: i32, areas: &[Area]) -> Self {
        let count = (across * down).max(0) as usize;
        let mut start = vec![0_u32; count + 1];
        let each = |area: &Area, f: &mut dyn FnMut(usize)| {
            for ty in area.1 / h..=area.3 / h {
                for tx in area.0 / w..=area.2 / w {
                    f((ty * across + tx) as usize);
                }
            }
        };
        for area in areas {
            each(area, &mut |tile| start[tile + 1] += 1);
        }
        for tile in 0..count {
            start[tile + 1] += start[tile];
        }
        let mut next = start.clone();
        let mut list = vec![0_u32; start[count] as usize];
        for (ix, area) in areas.iter().enumerate() {
            each(area, &mut |tile| {
                list[next[tile] as usize] = ix as u32;
                next[tile] += 1;
            });
        }
        Self { start, list }
    }
    fn of(&self, tile: usize) -> &[u32] {
        match (self.start.get(tile), self.start.get(tile + 1)) {
            (Some(from), Some(to)) => self.list.get(*from as usize..*to as usize).unwrap_or(&[]),
            _ => &[],
        }
    }
}
