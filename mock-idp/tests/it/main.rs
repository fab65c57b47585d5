//! Drives a provider over HTTP, as an app and a browser would.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails there")]

mod app;
mod authorization;
mod auto_login;
mod capture;
mod client_authentication;
mod determinism;
mod faults;
mod lifecycle;
mod login;
mod pages;
mod token;
mod userinfo;
mod waivers;
