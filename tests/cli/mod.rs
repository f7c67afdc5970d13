//! The program as a process: stdout, stderr, exit codes.
