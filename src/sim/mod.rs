//! Stand-ins that speak like the real control planes over loopback HTTP. Shares no code with `plane`.
