//! Where everything of a sequence diagram is.

use super::step::{Party, Step};

/// How wide the diagram is, in pixels.
const WIDTH: usize = 720;
/// The first lifeline is so far from the edge.
const MARGIN: usize = 60;
/// The first message is so far from the top.
const TOP: usize = 74;
/// A message with words under its arrow takes so much.
const TALL: usize = 46;
/// One without.
const LOW: usize = 34;
/// How wide a character of the monospaced font is, at most.
const CHARACTER: usize = 7;

/// A sequence diagram.
pub(super) struct Layout {
    pub(super) width: usize,
    pub(super) height: usize,
    /// Where lifelines end.
    pub(super) foot: usize,
    pub(super) lifelines: Vec<(Party, usize)>,
    pub(super) messages: Vec<Message>,
}

/// An arrow with its words.
#[derive(Debug)]
pub(super) struct Message {
    /// The number of the step, where it begins one.
    pub(super) number: Option<usize>,
    pub(super) is_answer: bool,
    pub(super) is_bad: bool,
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) middle: usize,
    pub(super) y: usize,
    pub(super) words: String,
    /// Under the arrow.
    pub(super) detail: String,
}

impl Message {
    /// Where the arrow's line ends, short of its head.
    pub(super) fn line_end(&self) -> usize {
        if self.to > self.from {
            self.to - 7
        } else {
            self.to + 7
        }
    }

    /// The corners of its head.
    pub(super) fn head(&self) -> String {
        let (tip, y) = (self.to, self.y);
        let back = if tip > self.from { tip - 8 } else { tip + 8 };
        format!("{tip},{y} {back},{} {back},{}", y - 4, y + 4)
    }
}

impl Layout {
    /// Of steps with their number and depth.
    pub(super) fn of(steps: &[(usize, usize, &Step)]) -> Self {
        let mut layout = Self {
            width: WIDTH,
            height: 0,
            foot: TOP,
            lifelines: Party::ALL.map(|party| (party, lifeline(party))).into(),
            messages: Vec::new(),
        };
        // Steps whose answers are still to come, each with its depth.
        let mut open: Vec<(usize, &Step)> = Vec::new();
        for (number, depth, step) in steps {
            while let Some((_, ended)) = open.pop_if(|(it, _)| *it >= *depth) {
                layout.answer(ended);
            }
            layout.ask(*number, step);
            open.push((*depth, step));
        }
        while let Some((_, ended)) = open.pop() {
            layout.answer(ended);
        }
        layout.height = layout.foot + 12;
        layout
    }

    fn ask(&mut self, number: usize, step: &Step) {
        let words = (step.request.clone(), step.brings.clone());
        self.add(Some(number), false, (step.from, step.to), words);
    }

    fn answer(&mut self, step: &Step) {
        let detail = step.refusal.clone().unwrap_or_else(|| step.gives.clone());
        self.add(
            None,
            step.is_bad(),
            (step.to, step.from),
            (step.answer.clone(), detail),
        );
    }

    fn add(
        &mut self,
        number: Option<usize>,
        is_bad: bool,
        (from, to): (Party, Party),
        (words, detail): (String, String),
    ) {
        let (from, to) = (lifeline(from), lifeline(to));
        let room = from.abs_diff(to).saturating_sub(24) / CHARACTER;
        let y = self.foot;
        self.foot += if detail.is_empty() { LOW } else { TALL };
        self.messages.push(Message {
            number,
            is_answer: number.is_none(),
            is_bad,
            from,
            to,
            middle: usize::midpoint(from, to),
            y,
            words: cut(&words, room),
            detail: cut(&detail, room),
        });
    }
}

fn lifeline(party: Party) -> usize {
    let gap = (WIDTH - 2 * MARGIN) / (Party::ALL.len() - 1);
    let index = Party::ALL.iter().position(|it| *it == party);
    MARGIN + gap * index.unwrap_or_default()
}

/// The text, or as much of it as there is room for, in characters.
fn cut(text: &str, room: usize) -> String {
    if text.chars().count() <= room {
        return text.to_owned();
    }
    let beginning: String = text.chars().take(room.saturating_sub(1)).collect();
    beginning + "…"
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, Method};

    use super::*;

    fn step(path: &str) -> Step {
        let url = format!("http://localhost{path}").parse().unwrap();
        Step::visit(&Method::GET, &url, 200, &HeaderMap::new())
    }

    #[test]
    fn what_happens_within_a_step_comes_before_its_answer() {
        let outer = step("/outer");
        let (inner, next) = (step("/inner"), step("/next"));
        let layout = Layout::of(&[(1, 0, &outer), (2, 1, &inner), (3, 0, &next)]);
        let numbers: Vec<_> = layout.messages.iter().map(|it| it.number).collect();
        assert_eq!(numbers, [Some(1), Some(2), None, None, Some(3), None]);
        let heights: Vec<_> = layout.messages.iter().map(|it| it.y).collect();
        assert!(heights.is_sorted() && layout.height > heights[5]);
    }

    #[test]
    fn words_stay_between_the_lifelines() {
        let long = step(&format!("/{}", "é".repeat(200)));
        let layout = Layout::of(&[(1, 0, &long)]);
        let message = &layout.messages[0];
        let width = message.words.chars().count() * CHARACTER;
        assert!(message.words.ends_with('…') && width < message.from.abs_diff(message.to));
        assert_eq!(cut("abc", 3), "abc");
    }
}
