//! What the benchmarks share: processes, a bare server to compare with, requests, and a table of
//! limits.

pub(crate) mod bare;
pub(crate) mod http;
pub(crate) mod process;
pub(crate) mod table;

/// The middle value; half of the runs were slower.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The number after `--name` on the command line, or the default.
pub(crate) fn argument(name: &str, default: usize) -> usize {
    let mut arguments = std::env::args().skip_while(|argument| argument != name);
    arguments
        .nth(1)
        .and_then(|number| number.parse().ok())
        .unwrap_or(default)
}

/// Whether the command line has this flag.
pub(crate) fn flag(name: &str) -> bool {
    std::env::args().any(|argument| argument == name)
}
