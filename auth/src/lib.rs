//! Streamlit's login for axum.

mod clock;
pub mod config;
mod error;
mod flow;
mod http;
mod identity;
mod json;
mod page;
mod provider;
mod random;
mod verify;

pub use clock::Clock;
pub use error::LoginError;
pub use provider::Provider;
pub use random::Random;
pub use verify::TokenError;
