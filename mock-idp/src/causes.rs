//! Errors in words.

/// An error with everything behind it: "client error (Connect)" alone says nothing.
pub(crate) fn causes(error: &dyn std::error::Error) -> String {
    let all = std::iter::successors(Some(error), |error| error.source());
    let all: Vec<_> = all.map(ToString::to_string).collect();
    all.join(": ")
}
