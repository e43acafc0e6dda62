//! The binary `mailstead`: reads the configuration, opens the rooms, opens the doors.
fn main() {}
