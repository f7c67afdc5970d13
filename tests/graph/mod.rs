//! Drawings: properties and text.

mod crossings;
mod defects;
mod files;
mod fixtures;
mod growth;
mod labels;
mod oracle;
mod pictures;
mod rails;
mod random;
mod referee;
