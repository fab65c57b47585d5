//! Drives a provider over HTTP, as an app and a browser would.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails there")]

mod app;
mod arrivals;
mod authorization;
mod auto_login;
mod backchannel_logout;
mod capture;
mod catalogue;
mod client_assertion;
mod client_authentication;
mod clock;
mod console;
mod control;
mod cors;
mod determinism;
mod end_session;
mod faults;
mod faults_of_delivery;
mod har;
mod https;
mod impersonation;
mod issuer;
mod lifecycle;
mod listener;
mod login;
mod mint;
mod op;
mod pages;
mod personas;
mod plain;
mod plain_waivers;
mod providers;
mod questions;
mod real_clients;
mod refresh;
mod revocation;
mod same_verbs;
mod session;
mod tenants;
mod token;
mod token_info;
mod userinfo;
mod waivers;
mod watch;
