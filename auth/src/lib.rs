//! Streamlit's login for axum, from the same `.streamlit/secrets.toml`.

mod clock;
pub mod config;
mod error;
mod flow;
mod http;
mod identity;
#[cfg(feature = "jarvis")]
pub mod jarvis;
mod json;
mod page;
mod provider;
mod random;
pub mod session;
#[cfg(test)]
mod testing;
mod verify;
mod web;

pub use clock::Clock;
pub use config::{Config, ConfigError};
pub use error::LoginError;
pub use provider::{Provider, preset_names};
pub use random::Random;
pub use verify::TokenError;
pub use web::{Auth, AuthBuilder, AuthLayer, AuthService, Login, Logout, MissingLayer, User};
