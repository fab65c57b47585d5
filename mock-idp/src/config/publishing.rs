//! `[publishing]`: for whom the apps are.

use std::collections::BTreeSet;

use super::report::Report;
use super::table::{Entry, suggestion};
use crate::console::{Publishing, PublishingStatus};

const HINT: &str = "write it as a table [publishing]";
const USERS_HINT: &str = "write the addresses as an array of strings";
const STATUS: [(&str, PublishingStatus); 2] = [
    ("testing", PublishingStatus::Testing),
    ("in_production", PublishingStatus::InProduction),
];

pub(super) fn read(entry: &Entry<'_, '_>, report: &mut Report<'_>) -> Option<Publishing> {
    let mut table = entry.table(HINT, report)?;
    let status = table.required("status", "\"testing\"", report);
    let status = status.and_then(|entry| self::status(&entry, report));
    let users = table.optional("test_users");
    let users = users.and_then(|entry| self::users(&entry, report));
    let developer_email = table.text("developer_email", report);
    table.finish(&[], report);
    Some(Publishing {
        status: status?,
        test_users: users.unwrap_or_default(),
        developer_email: developer_email.unwrap_or_default(),
    })
}

fn status(entry: &Entry<'_, '_>, report: &mut Report<'_>) -> Option<PublishingStatus> {
    let text = entry.text(report)?;
    let found = STATUS.iter().find(|(name, _)| *name == text);
    let known = STATUS.map(|(name, _)| name);
    match found {
        Some((_, status)) => Some(*status),
        None => entry.refuse(
            format!("is {text:?}, which is no status"),
            &suggestion(text, &known),
            report,
        ),
    }
}

fn users(entry: &Entry<'_, '_>, report: &mut Report<'_>) -> Option<BTreeSet<String>> {
    let members = entry.members(USERS_HINT, report)?;
    let mut users = BTreeSet::new();
    for member in members {
        let text = member.text(report)?;
        if !Publishing::is_address(text) {
            let found = format!("is {text:?}, which is no e-mail address");
            return member.refuse(found, "write it as alice@example.com", report);
        }
        users.insert(text.to_owned());
    }
    Some(users)
}
