//! `conform cases` and `conform show`.

use std::fmt::Write as _;

use e2e::conformance::cases::LEFT_OUT;
use e2e::conformance::report::Description;
use e2e::conformance::{Plan, Selection};

use crate::arguments::CasesArguments;
use crate::{Failure, print};

pub(crate) fn list(arguments: &CasesArguments) -> Result<u8, Failure> {
    let cases = arguments.selection.selection().cases()?;
    if arguments.json {
        let cases: Vec<_> = cases.into_iter().map(Description::of).collect();
        return print(&(serde_json::to_string_pretty(&cases)? + "\n"));
    }
    let mut text = String::new();
    for case in cases {
        let severity = format!("{:?}", case.severity).to_lowercase();
        writeln!(text, "{:<32} {severity:<9} {}", case.id, case.does)?;
    }
    print(&text)
}

pub(crate) fn show(name: &str) -> Result<u8, Failure> {
    if let Some((_, reason)) = LEFT_OUT.iter().find(|(id, _)| *id == name) {
        return print(&format!("{name} is left out: {reason}\n"));
    }
    let selection = Selection {
        plan: Plan::All,
        only: vec![name.into()],
        skip: Vec::new(),
    };
    let mut text = String::new();
    for case in selection.cases()? {
        let case = Description::of(case);
        let (group, severity) = (case.group, case.severity);
        writeln!(text, "{} ({group:?}, {severity:?})", case.id)?;
        for name in case.oidf {
            writeln!(text, "  known as  {name}")?;
        }
        writeln!(text, "  what is done  {}", case.does)?;
        writeln!(text, "  the app  {}", case.must)?;
        writeln!(text, "  to mend it  {}", case.mend)?;
        for feature in case.needs {
            writeln!(text, "  not for apps without  {feature}")?;
        }
        for clause in case.specs {
            let url = clause.url.unwrap_or_default();
            writeln!(text, "  {}  {url}", clause.tag)?;
        }
    }
    print(&text)
}
