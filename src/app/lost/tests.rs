//! Orders whose outcome nobody knows.
