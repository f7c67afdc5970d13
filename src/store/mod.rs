//! Files of the user: config, secrets, what the console remembers.
