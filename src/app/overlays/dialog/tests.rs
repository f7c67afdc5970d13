//! Tests of the dialog as a state machine.
