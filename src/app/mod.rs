//! The machine behind the screen: pure state, messages in, effects out.
