//! Drives a provider over HTTP, as an app and a browser would.

mod app;
mod authorization;
mod capture;
mod determinism;
mod faults;
mod lifecycle;
mod login;
mod pages;
mod token;
mod userinfo;
