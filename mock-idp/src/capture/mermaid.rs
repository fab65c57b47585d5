//! Exchanges as a sequence diagram.

use std::fmt::Write as _;

use super::drawing::parties;
use super::exchange::Exchange;
use super::mask;
use super::requests::Requests;
use crate::place::Place;

/// As much of a value is shown, in characters.
const SHOWN: usize = 60;

pub(super) fn sequence_diagram(requests: &Requests) -> String {
    let mut diagram = String::from(
        "sequenceDiagram\n    participant Browser\n    participant App\n    participant Provider\n",
    );
    let secrets = mask::secrets(requests);
    for exchange in requests.iter() {
        let (sender, receiver) = parties(exchange.place);
        let request = request(exchange, &secrets);
        // Writing to a String does not fail.
        let _ = writeln!(diagram, "    {sender}->>{receiver}: {request}");
        let _ = writeln!(
            diagram,
            "    {receiver}-->>{sender}: {}",
            answer(exchange, &secrets)
        );
    }
    diagram
}

fn request(exchange: &Exchange, secrets: &[String]) -> String {
    let Exchange {
        method,
        path,
        place,
        ..
    } = exchange;
    let path = mask::without(path, secrets);
    let mut line = escaped(&format!("{method} {path} ({place})"));
    let pairs = exchange.query.iter().chain(exchange.form.iter());
    for (name, value) in pairs {
        let value = mask::without(&mask::value(name, value), secrets);
        let value = shown(&value);
        line.push_str("<br/>");
        line.push_str(&escaped(&format!("{name}={value}")));
    }
    if let Some(header) = exchange.header("authorization") {
        let scheme = header.split_once(' ').map_or("", |(scheme, _)| scheme);
        let proof = format!("Authorization: {scheme} {}", mask::mark(header));
        line.push_str("<br/>");
        line.push_str(&escaped(&proof));
    }
    line
}

fn answer(exchange: &Exchange, secrets: &[String]) -> String {
    let Some(status) = exchange.status else {
        return "no answer".into();
    };
    let mut line = status.to_string();
    if let Some(refusal) = &exchange.refusal {
        let reason = mask::without(&refusal.reason, secrets);
        line.push_str(&escaped(&format!(" {}: {reason}", refusal.check)));
    }
    let is_refused = exchange.refusal.is_some();
    if let Some(location) = exchange.location() {
        line.push_str(&escaped(&format!(
            " to {}",
            location_shown(location, secrets)
        )));
    } else if let Some(names) = member_names(exchange).filter(|_| !is_refused) {
        line.push_str(&escaped(&format!(" with {names}")));
    }
    line
}

/// A redirect's target with each part cut to what is shown.
fn location_shown(location: &str, secrets: &[String]) -> String {
    let masked = mask::without(&mask::url(location), secrets);
    let parts: Vec<_> = masked.split('&').map(shown).collect();
    parts.join("&")
}

fn member_names(exchange: &Exchange) -> Option<String> {
    let json: serde_json::Value = serde_json::from_slice(&exchange.response_body).ok()?;
    let names: Vec<_> = json.as_object()?.keys().map(|name| shown(name)).collect();
    Some(names.join(", ")).filter(|_| exchange.place != Place::Discovery)
}

fn shown(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Text that Mermaid does not take for its own.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '#' => escaped.push_str("#35;"),
            ';' => escaped.push_str("#59;"),
            '<' => escaped.push_str("#lt;"),
            '>' => escaped.push_str("#gt;"),
            '%' => escaped.push_str("#37;"),
            _ if character.is_control() => escaped.push(' '),
            _ => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_sent_ends_a_line_or_begins_a_statement() {
        let text = escaped("a;b#c\nend\u{85}<br/>%%");
        assert_eq!(text, "a#59;b#35;c end #lt;br/#gt;#37;#37;");
    }

    #[test]
    fn long_values_are_cut_between_characters() {
        let text = "é".repeat(SHOWN + 1);
        assert_eq!(shown(&text), format!("{}…", "é".repeat(SHOWN)));
        assert_eq!(shown(&text[2..]), text[2..]);
    }
}
