//! What was measured, beside its limit.

use std::io::{self, Write as _};
use std::process::ExitCode;

/// What a value may be.
#[derive(Clone, Copy)]
pub(crate) enum Limit {
    AtMost(f64),
    AtLeast(f64),
    /// Shown for comparison.
    None,
}

impl Limit {
    fn admits(self, value: f64) -> bool {
        match self {
            Self::AtMost(limit) => value <= limit,
            Self::AtLeast(limit) => value >= limit,
            Self::None => true,
        }
    }

    fn words(self, unit: &str) -> String {
        match self {
            Self::AtMost(limit) => format!("<= {limit} {unit}"),
            Self::AtLeast(limit) => format!(">= {limit} {unit}"),
            Self::None => String::new(),
        }
    }
}

/// A value, its unit, and its limit.
pub(crate) struct Row {
    pub(crate) what: &'static str,
    pub(crate) measured: f64,
    pub(crate) unit: &'static str,
    pub(crate) limit: Limit,
}

/// Prints the table; with `--check`, a value beyond its limit fails the run.
pub(crate) fn print(rows: &[Row]) -> io::Result<ExitCode> {
    let mut out = io::stdout().lock();
    writeln!(out, "{:<52} {:>12} {:>12}  ok", "what", "measured", "limit")?;
    for Row {
        what,
        measured,
        unit,
        limit,
    } in rows
    {
        let ok = match limit {
            Limit::None => "",
            _ if limit.admits(*measured) => "yes",
            _ => "NO",
        };
        let measured = format!("{measured:.2} {unit}");
        writeln!(
            out,
            "{what:<52} {measured:>12} {:>12}  {ok}",
            limit.words(unit)
        )?;
    }
    let within = rows.iter().all(|row| row.limit.admits(row.measured));
    let fails = super::flag("--check") && !within;
    Ok(if fails {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}
