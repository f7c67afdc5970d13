//! Drawings: properties and text.

mod crossings;
mod files;
mod fixtures;
mod growth;
mod oracle;
mod random;
mod referee;
