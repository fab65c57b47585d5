//! From the configuration's `store` to a [`SessionStore`].

use std::sync::Arc;

use super::{MemoryStore, SessionStore, StoreError};
use crate::config::{Settings, Store};

/// Opens the store of the configuration. The default one is replaced by memory where its place cannot be written,
/// which the log says.
///
/// # Errors
/// It cannot be opened or reached, or this build has no such store.
pub(crate) async fn open_store(settings: &Settings) -> Result<Arc<dyn SessionStore>, StoreError> {
    match &settings.store {
        Store::Memory => Ok(Arc::new(MemoryStore::default())),
        Store::Sqlite { path, is_default } => match sqlite(path) {
            Err(error) if *is_default => {
                let hint = "set `store` to keep sessions over a restart";
                tracing::warn!(%error, "sessions are kept in memory; {hint}");
                Ok(Arc::new(MemoryStore::default()))
            }
            opened => opened,
        },
        #[cfg(feature = "redis")]
        Store::Redis(url) => {
            let store = super::RedisStore::new(url, &settings.cookie_name)?;
            store.ping().await?;
            Ok(Arc::new(store))
        }
        #[cfg(not(feature = "redis"))]
        Store::Redis(_) => Err(StoreError::new(
            "this program was built without the feature redis",
        )),
    }
}

#[cfg(feature = "sqlite")]
fn sqlite(path: &std::path::Path) -> Result<Arc<dyn SessionStore>, StoreError> {
    Ok(Arc::new(super::SqliteStore::open(path)?))
}

#[cfg(not(feature = "sqlite"))]
fn sqlite(_: &std::path::Path) -> Result<Arc<dyn SessionStore>, StoreError> {
    Err(StoreError::new(
        "this program was built without the feature sqlite",
    ))
}
