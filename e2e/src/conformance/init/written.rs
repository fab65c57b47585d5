//! A profile as a file that people go on to edit.

use std::fmt::Write as _;

use serde::Serialize;

use super::Found;
use crate::conformance::begin::Begin;
use crate::conformance::start::Start;

impl Found {
    /// The profile in TOML, with what could not be found out as comments. `fails` is why copies cannot be started.
    #[must_use]
    pub fn toml(&self, fails: Option<&str>) -> String {
        let profile = &self.profile;
        let mut text = format!("name = {}\n", quoted(&profile.name));
        let mut line = |name: &str, value: String| {
            // Writing to a String does not fail.
            let _ = writeln!(text, "{name} = {value}");
        };
        line("login", begin(&profile.login));
        if let Some(logout) = &profile.logout {
            line("logout", begin(logout));
        }
        line("callback", quoted(&profile.callback));
        if profile.javascript {
            line("javascript", "true".into());
        }
        let lacks: Vec<_> = profile
            .lacks
            .iter()
            .map(|it| quoted(&it.to_string()))
            .collect();
        text.push_str(
            "\n# What the app does not do, or nobody knows: these cases are not applicable.\n",
        );
        let _ = writeln!(text, "lacks = [{}]", lacks.join(", "));
        if !self.unknown.is_empty() {
            text.push_str("\n# What could not be found out by trying:\n");
            for unknown in &self.unknown {
                let _ = writeln!(text, "#   {unknown}");
            }
        }
        let whoami = &profile.whoami;
        let _ = writeln!(text, "\n[whoami]\npath = {}", quoted(&whoami.path));
        for (name, value) in [("json", &whoami.json), ("nobody", &whoami.nobody)] {
            if let Some(value) = value {
                let _ = writeln!(text, "{name} = {}", quoted(value));
            }
        }
        if let Some(status) = whoami.nobody_status {
            let _ = writeln!(text, "nobody_status = {status}");
        }
        if let Some(start) = &profile.start {
            text.push_str(&started(start, fails));
        }
        text
    }
}

fn started(start: &Start, fails: Option<&str>) -> String {
    let command: Vec<_> = start.command.iter().map(|word| quoted(word)).collect();
    let mut text = format!("[start]\ncommand = [{}]\n", command.join(", "));
    if start.copy {
        text.push_str("copy = true\n");
    }
    if !start.env.is_empty() {
        text.push_str("\n[start.env]\n");
        for (name, value) in &start.env {
            let _ = writeln!(text, "{} = {}", key(name), quoted(value));
        }
    }
    if !start.files.is_empty() {
        text.push_str("\n[start.files]\n");
        for (path, value) in &start.files {
            let _ = writeln!(
                text,
                "{} = {}",
                quoted(&path.display().to_string()),
                quoted(value)
            );
        }
    }
    let Some(fails) = fails else {
        return format!("\n# Each case gets a fresh copy of this folder.\n{text}");
    };
    let commented = |text: &str| {
        let lines = text
            .lines()
            .map(|line| format!("# {line}").trim_end().to_owned());
        lines.collect::<Vec<_>>().join("\n")
    };
    format!("\n{}\n{}\n", commented(fails), commented(&text))
}

fn begin(begin: &Begin) -> String {
    match begin {
        Begin::Path(path) => quoted(path),
        Begin::Press { page, press, .. } => {
            format!("{{ page = {}, press = {} }}", quoted(page), quoted(press))
        }
        Begin::Select { page, css, .. } => {
            format!("{{ page = {}, css = {} }}", quoted(page), quoted(css))
        }
    }
}

/// A key, in quotes where it needs them.
fn key(name: &str) -> String {
    let is_bare = |it: char| it.is_ascii_alphanumeric() || "_-".contains(it);
    if !name.is_empty() && name.chars().all(is_bare) {
        return name.to_owned();
    }
    quoted(name)
}

/// A text as TOML has it; one of several lines stays one.
fn quoted(text: &str) -> String {
    let mut quoted = String::new();
    match text.serialize(toml::ser::ValueSerializer::new(&mut quoted)) {
        Ok(_) => quoted,
        Err(_) => format!("{text:?}"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::conformance::profile::{Profile, Whoami};

    #[test]
    fn what_is_written_is_read_again() {
        let login = Begin::Press {
            page: "/".into(),
            press: "Log \"in\"".into(),
            fill: BTreeMap::new(),
        };
        let whoami = Whoami {
            nobody: Some("Log in".into()),
            nobody_status: Some(401),
            ..Whoami::page("/me")
        };
        let mut profile = Profile::new("shop", login, whoami);
        profile.logout = Some(Begin::Path("/logout".into()));
        profile.javascript = true;
        profile.start = Some(Start {
            command: vec!["python3".into(), "{profile_dir}/app.py".into()],
            copy: true,
            env: [("PORT".into(), "{port}".into())].into(),
            files: [("conf/app.toml".into(), "a = 'b'\nc = \"{issuer}\"\n".into())].into(),
            patience: 60,
        });
        let mut found = Found {
            profile,
            unknown: vec!["where it takes logout tokens (backchannel_logout)".into()],
        };
        let written = found.toml(None);
        assert_eq!(
            Profile::from_toml(&written, "p.toml").unwrap(),
            found.profile,
            "{written}"
        );
        let written = found.toml(Some("a copy does not work:\nit ended"));
        found.profile.start = None;
        assert_eq!(
            Profile::from_toml(&written, "p.toml").unwrap(),
            found.profile,
            "{written}"
        );
        assert!(written.contains("# it ended\n# [start]"), "{written}");
    }
}
