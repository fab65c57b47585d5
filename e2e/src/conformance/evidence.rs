//! What there is to show of a case: who asked whom for what, the lies that were told, and the page at the end.

use std::collections::VecDeque;

use mock_idp::Fault;
use mock_idp::drawing::{Drawing, Party, Step};

use super::lab::Lab;
use super::seen::Seen;
use crate::visitor::Hop;

/// What there is to show of a case. Its secrets are marks.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// What the provider saw, as a Mermaid sequence diagram; where something is wrong.
    pub flow: Option<String>,
    /// The last step with what led there, as the browser, the app and the provider took part in it.
    pub drawing: Drawing,
    /// What the second provider saw.
    pub second: Drawing,
    /// The lies that were told; none where the case has steps of its own.
    pub lies: Vec<Fault>,
    /// The page at the end, where a browser was used: a PNG.
    pub screenshot: Option<Vec<u8>>,
}

impl Evidence {
    /// Of what was seen; in full where it is not as it should be.
    pub(super) fn of(lab: &Lab, seen: Seen, is_right: bool) -> Self {
        Self {
            flow: (!is_right).then(|| seen.requests.mermaid()),
            drawing: joined(&seen.hops, Drawing::of(&seen.requests), lab),
            second: Drawing::of(&seen.second_requests),
            lies: seen.lies.unwrap_or_default(),
            screenshot: seen.screenshot.filter(|_| !is_right),
        }
    }

    /// Of a case that could not be played to its end.
    pub(super) fn unplayed(lab: &Lab) -> Self {
        let requests = lab.requests();
        Self {
            flow: Some(requests.mermaid()),
            drawing: Drawing::of(&requests),
            second: Drawing::of(&lab.second_requests()),
            ..Self::default()
        }
    }
}

/// What the provider saw, between what the browser asked the app for. Both know in which order the browser came to the
/// provider.
fn joined(hops: &[Hop], seen: Drawing, lab: &Lab) -> Drawing {
    let is_at_app = |hop: &Hop| hop.url.origin() == lab.base.origin();
    let is_at_provider = |hop: &Hop| hop.url.as_str().starts_with(lab.provider.root());
    let mut left = VecDeque::from(seen.into_steps());
    let mut steps = Vec::new();
    let came = left.iter().filter(|step| is_of_browser(step)).count();
    let comes = hops.iter().filter(|hop| is_at_provider(hop)).count();
    for _ in comes..came {
        steps.extend(up_to_browser(&mut left));
    }
    if came > comes {
        // What the app asked for at the end of what was before.
        steps.extend(until_browser(&mut left));
    }
    for hop in hops {
        if is_at_app(hop) {
            let mut visit = Step::visit(&hop.method, &hop.url, hop.status, &hop.headers);
            visit.within = until_browser(&mut left);
            steps.push(visit);
        } else if is_at_provider(hop) {
            steps.extend(up_to_browser(&mut left));
        }
    }
    steps.extend(left);
    Drawing::new(steps)
}

fn is_of_browser(step: &Step) -> bool {
    step.from == Party::Browser
}

/// The steps before the browser's next.
fn until_browser(left: &mut VecDeque<Step>) -> Vec<Step> {
    let next = left.iter().position(is_of_browser);
    left.drain(..next.unwrap_or(left.len())).collect()
}

/// The steps up to the browser's next, and that one.
fn up_to_browser(left: &mut VecDeque<Step>) -> Vec<Step> {
    let mut steps = until_browser(left);
    steps.extend(left.pop_front());
    steps
}
