//! The picture of a persona who has none: initials on a colour.

use askama::Template;
use sha2::{Digest, Sha256};
use unicode_segmentation::UnicodeSegmentation;

use crate::persona::Persona;

/// Backgrounds on which white text is readable (contrast 4.5 or more, WCAG 2.2 section 1.4.3).
const COLOURS: [&str; 12] = [
    "#1f5fa8", "#7a3ea1", "#a8324a", "#2f6f3e", "#8a5a00", "#00696f", "#5b4bb3", "#9a3f1c",
    "#4a6511", "#a02c74", "#3c5a78", "#6b5044",
];

#[derive(Template)]
#[template(path = "picture.svg", escape = "html")]
struct Picture {
    colour: &'static str,
    initials: String,
}

/// Draws the picture of `persona` as SVG: the same for the same id and name.
#[must_use]
pub fn picture(persona: &Persona) -> String {
    super::render(&Picture {
        colour: colour(&persona.id),
        initials: initials(persona.display_name()),
    })
}

fn colour(id: &str) -> &'static str {
    COLOURS[usize::from(Sha256::digest(id)[0]) % COLOURS.len()]
}

/// The first characters, as a reader sees them, of the first and the last word; `?` when there is
/// nothing to see.
fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(first_character);
    let first = words.next().unwrap_or_else(|| "?".into());
    match words.next_back() {
        // The zero-width non-joiner keeps two letters of a joining script, such as Arabic, apart.
        Some(last) => format!("{first}\u{200c}{last}"),
        None => first,
    }
}

/// The first grapheme that is no punctuation or invisible control (XML forbids most of them), in
/// upper case.
fn first_character(word: &str) -> Option<String> {
    let visible = |c: &char| !(c.is_control() || c.is_ascii_punctuation() || is_invisible(*c));
    let start = word.find(|c| visible(&c))?;
    word[start..].graphemes(true).next().map(str::to_uppercase)
}

/// Marks of direction and width, and what is no character at all.
const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fffe}'..='\u{ffff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::contrast::{ENOUGH, contrast};

    #[test]
    fn initials_are_what_a_reader_sees_first() {
        let check = |name: &str, expected: &str| {
            assert_eq!(
                initials(name).replace('\u{200c}', "+"),
                expected,
                "{name:?}"
            );
        };
        check("Alice Example", "A+E");
        check("alice", "A");
        check("Anna Maria de la Cruz", "A+C");
        check("alice@example.com", "A");
        check("דנה כהן", "ד+כ");
        check("رنا الخطيب", "ر+ا");
        check("山田太郎", "山");
        check("e\u{301}mile zola", "E\u{301}+Z");
        check("👩‍👩‍👧 Family", "👩‍👩‍👧+F");
        check("🇮🇱 Team", "🇮🇱+T");
        check("Bob (the builder)", "B+B");
        check("\u{202e}evil name", "E+N");
        check("<b>x</b> &amp;", "B+A");
        check("\u{0}\u{1b}", "?");
        check("- !", "?");
        check("   ", "?");
        check("", "?");
    }

    #[test]
    fn a_picture_depends_on_id_and_name_alone() {
        let named = |id: &str, name: &str| Persona {
            name: Some(name.into()),
            ..Persona::new(id)
        };
        let alice = picture(&named("alice", "Alice Example"));
        assert_eq!(alice, picture(&named("alice", "Alice Example")));
        assert_ne!(alice, picture(&named("bob", "Alice Example")));
        assert!(
            alice.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""),
            "{alice}"
        );
        assert!(alice.contains(">A\u{200c}E</text>"), "{alice}");
    }

    #[test]
    fn white_is_readable_on_every_colour() {
        for colour in COLOURS {
            let found = contrast("#fff", colour);
            assert!(found >= ENOUGH, "{colour}: {found:.2}");
        }
    }
}
