//! The one caller of the system's clock, and of its time zone.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::domain::time::Timestamp;

/// The time of this machine, in milliseconds since the epoch; a clock before 1970 reads as 1970.
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// Minutes that this machine's local time is east of UTC at a time; 0 where no time zone is known.
pub fn offset_minutes(at: Timestamp) -> i32 {
    let Ok(at) = jiff::Timestamp::from_millisecond(at.millis()) else { return 0 };
    jiff::tz::TimeZone::try_system().map_or(0, |zone| zone.to_offset(at).seconds() / 60)
}
