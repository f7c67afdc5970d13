//! The exports of an incident.
