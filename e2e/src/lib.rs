//! The whole login, driven from outside: the app and the provider side by side, and a person who
//! uses them over HTTP or in a real browser.
//!
//! ```
//! use e2e::{Outcome, Person, Stack};
//!
//! # tokio::runtime::Runtime::new().unwrap().block_on(async {
//! let stack = Stack::start().await;
//! let outcome = stack.visitor().sign_in_as("alice").await;
//! assert_eq!(outcome, Outcome::SignedIn("Alice Example".into()));
//! # });
//! ```
//!
//! [`Visitor`] keeps cookies as a browser does, SameSite included; [`Browser`] is Firefox or
//! Chromium through its WebDriver. Both are a [`Person`], and know an app only by its
//! [`AppPages`].

pub mod browser;
pub mod conformance;
pub mod environment;
mod eventually;
pub mod pages;
mod person;
mod process_group;
mod stack;
pub mod visitor;

pub use browser::Browser;
pub use eventually::eventually;
pub use pages::{AppPages, Control, Page};
pub use person::{Outcome, Person, VisitError};
pub use stack::{Stack, StackBuilder};
pub use visitor::Visitor;

/// The README's examples, compiled.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
mod readme {}
