//! `cargo xtask bench`: measures what the house promises to be quick at, and prints tables.
//!
//! `cargo xtask bench fill DATA COUNT` only makes so many shared mailboxes in the data directory of a stopped server, for
//! measurements by hand.
//!
//! Never a pass or a fail: each figure stands beside reference work measured in the same run, and the
//! medians of several rounds are printed.

mod administration;
mod attack;
mod console;
mod delivery;
mod fill;
mod folder;
mod lifecycle;
mod lookup;
mod memory;
mod rules;
mod sharing;
mod shell;
mod table;

use std::path::{Path, PathBuf};
use table::Table;

/// A part of the bench: its name on the command line and what it measures.
type Part = (&'static str, fn(&str, &mut Table));

const PARTS: &[Part] = &[
    ("delivery", delivery::run),
    ("folder", folder::run),
    ("administration", administration::run),
    ("lifecycle", lifecycle::run),
    ("lookup", lookup::run),
    ("memory", memory::run),
    ("sharing", sharing::run),
    ("shell", shell::run),
    ("console", console::run),
    ("attack", attack::run),
    ("rules", rules::run),
    ("group", rules::large_group),
    ("tracking", rules::tracking),
    ("policy", rules::policy),
];

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    if let [word, data, count] = wanted.as_slice()
        && word == "fill"
    {
        let count = count.parse().expect("how many mailboxes is a number");
        return fill::shared_mailboxes(Path::new(data), 0..count);
    }
    let binary = binary().to_string_lossy().into_owned();
    let mut table = Table::new(machine());
    for (name, run) in PARTS {
        if wanted.is_empty() || wanted.iter().any(|word| word == name) {
            eprintln!("measuring {name} …");
            run(&binary, &mut table);
        }
    }
    table.print();
}

/// The server built beside this program.
fn binary() -> PathBuf {
    let own = std::env::current_exe().expect("a program knows where it is");
    own.with_file_name("mailstead")
}

/// Processor, cores, memory and kernel, as the table's caption.
fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let field = |text: &str, name: &str| -> String {
        let line = text.lines().find(|line| line.starts_with(name)).unwrap_or("").to_owned();
        line.split(':').nth(1).unwrap_or("unknown").trim().to_owned()
    };
    let cpu = read("/proc/cpuinfo");
    let cores = cpu.lines().filter(|line| line.starts_with("processor")).count();
    let kb: u64 = field(&read("/proc/meminfo"), "MemTotal").trim_end_matches(" kB").parse().unwrap_or(0);
    let kernel = read("/proc/sys/kernel/osrelease");
    format!("{}, {cores} cores, {} GB, Linux {}", field(&cpu, "model name"), kb >> 20, kernel.trim())
}
