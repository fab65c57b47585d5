//! A login as a picture: who asked whom for what, in order, and what went over the wire. The page at `/_mock/` and
//! the conformance kit's report show the same.
//!
//! ```
//! use mock_idp::drawing::Drawing;
//!
//! let idp = mock_idp::MockIdp::start();
//! // .. log in
//! let drawing = Drawing::of(&idp.requests());
//! assert!(drawing.svg().starts_with("<svg"));
//! ```
//!
//! Secrets show as marks that are the same for the same value.

mod layout;
mod step;
mod token;

use askama::Template;

use super::mask;
use super::requests::Requests;
use crate::page::render;
use layout::Layout;
use step::Text;
pub(super) use step::parties;
pub use step::{Party, Step};

/// The style of drawings. It takes its colours from the variables `--text`, `--muted`, `--line`, `--card`, `--accent`,
/// `--bad`, `--mark` and `--mark-back` of the page that it is in.
pub const STYLE: &str = include_str!("style.css");

/// Steps in their order.
#[derive(Clone, Debug, Default)]
pub struct Drawing {
    steps: Vec<Step>,
}

#[derive(Template)]
#[template(path = "drawing.svg", escape = "html")]
struct Svg<'a> {
    layout: &'a Layout,
}

#[derive(Template)]
#[template(path = "drawing.html")]
struct Wire<'a> {
    id: &'a str,
    steps: &'a [(usize, &'a Step)],
}

impl Drawing {
    /// What these requests are.
    #[must_use]
    pub fn of(requests: &Requests) -> Self {
        let secrets = mask::secrets(requests);
        let steps = requests.iter().map(|one| Step::of(one, &secrets));
        Self::new(steps.collect())
    }

    /// These steps, in this order.
    #[must_use]
    pub fn new(steps: Vec<Step>) -> Self {
        Self { steps }
    }

    /// The steps, in their order.
    #[must_use]
    pub fn into_steps(self) -> Vec<Step> {
        self.steps
    }

    /// Whether there is nothing to see.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// A sequence diagram, as SVG that is part of an HTML page with [`STYLE`].
    #[must_use]
    pub fn svg(&self) -> String {
        let layout = Layout::of(&self.numbered());
        render(&Svg { layout: &layout })
    }

    /// What went over the wire at each step, as a list in HTML that is read without JavaScript. `id` begins the ids of
    /// its elements, and has to be another one for each list of a page.
    #[must_use]
    pub fn wire(&self, id: &str) -> String {
        let steps = self.numbered();
        let steps: Vec<_> = steps
            .iter()
            .map(|(number, _, step)| (*number, *step))
            .collect();
        render(&Wire { id, steps: &steps })
    }

    /// Each step with its number and how deep it is in others.
    fn numbered(&self) -> Vec<(usize, usize, &Step)> {
        fn add<'a>(all: &mut Vec<(usize, usize, &'a Step)>, depth: usize, steps: &'a [Step]) {
            for step in steps {
                all.push((all.len() + 1, depth, step));
                add(all, depth + 1, &step.within);
            }
        }
        let mut all = Vec::new();
        add(&mut all, 0, &self.steps);
        all
    }
}
