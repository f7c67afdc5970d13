//! Benches of layout and painting.

fn main() {
    divan::main();
}
