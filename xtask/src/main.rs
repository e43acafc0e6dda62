//! `cargo xtask`: the workshop that checks, measures and documents the house.
fn main() {}
