//! The form of identifiers, codes and tokens: literal parts and random ones.

use serde::Deserialize;

use crate::random::{Alphabet, Stream};

/// Parts that are put together when a text is made. A prefix that secret scanners look for is
/// written in two parts.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub(crate) struct Template(Vec<Part>);

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Part {
    Literal(String),
    Random(RandomPart),
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RandomPart {
    random: Alphabet,
    length: usize,
}

impl Template {
    /// Makes a text of this form.
    pub(crate) fn fill(&self, stream: &mut Stream) -> String {
        let mut text = String::with_capacity(self.length());
        for part in &self.0 {
            match part {
                Part::Literal(literal) => text.push_str(literal),
                Part::Random(part) => stream.push_text(part.random, part.length, &mut text),
            }
        }
        text
    }

    /// How long a text of this form is, in bytes.
    fn length(&self) -> usize {
        let lengths = self.0.iter().map(|part| match part {
            Part::Literal(literal) => literal.len(),
            Part::Random(part) => part.length,
        });
        lengths.sum()
    }

    /// What every text of this form begins with.
    pub(crate) fn prefix(&self) -> String {
        let literal = |part: &Part| match part {
            Part::Literal(text) => Some(text.clone()),
            Part::Random(_) => None,
        };
        self.0.iter().map_while(literal).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    #[test]
    fn literal_parts_stand_as_they_are_and_random_ones_have_their_length() {
        #[derive(Deserialize)]
        struct File {
            code: Template,
        }
        let text = r#"code = ["4/", "0A", { random = "hex", length = 5 }, "."]"#;
        let template = toml::from_str::<File>(text).unwrap().code;
        let made = template.fill(&mut Random::new(1).fixed("x", ""));
        assert!(made.starts_with("4/0A") && made.ends_with('.') && made.len() == 10);
        assert_eq!(template.prefix(), "4/0A");
    }
}
