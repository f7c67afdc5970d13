//! The bar of used time: eighth blocks, so that a minute of twenty is seen.

/// A bar of `columns` cells, filled by `used` from 0 to 1. ASCII has whole cells only.
pub(crate) fn bar(used: f32, columns: u16, ascii: bool) -> String {
    let columns = usize::from(columns);
    let used = if used.is_finite() { used.clamp(0.0, 1.0) } else { 0.0 };
    let eighths = (used * columns as f32 * 8.0) as usize;
    let (full, rest) = (eighths / 8, eighths % 8);
    let mut out: String = std::iter::repeat_n(if ascii { '#' } else { '█' }, full).collect();
    if !ascii && full < columns {
        const PARTS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
        out.push_str(PARTS.get(rest).copied().unwrap_or(""));
    }
    out
}

/// The same with what is free behind it: where a bar stands alone, its end must be seen.
pub(crate) fn bar_in_frame(used: f32, columns: u16, ascii: bool) -> String {
    let mut out = bar(used, columns, ascii);
    let free = usize::from(columns).saturating_sub(out.chars().count());
    out.extend(std::iter::repeat_n(if ascii { '.' } else { '░' }, free));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_is_never_wider_than_its_place() {
        for used in [-1.0, 0.0, 0.06, 0.5, 0.999, 1.0, 7.0, f32::NAN] {
            assert!(bar(used, 8, false).chars().count() <= 8, "{used}");
            assert_eq!(bar_in_frame(used, 8, false).chars().count(), 8, "{used}");
        }
        assert_eq!(bar(0.5, 8, false), "████");
        assert_eq!(bar(0.39, 8, false), "███");
        assert_eq!(bar(0.40, 8, false), "███▏");
        assert_eq!(bar(0.5, 8, true), "####");
    }
}
