//! What is remembered for the timeline.
