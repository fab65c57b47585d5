//! What is published and what signs.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{KeyKind, KeyMaterial, PublishedKey, pool};

/// What is published and what signs.
#[derive(Debug)]
pub(super) struct State {
    /// In the order of the document.
    pub(super) published: Vec<Entry>,
    pub(super) signing: Arc<PublishedKey>,
    /// The kinds of the keys there were so far.
    pub(super) made: Vec<KeyKind>,
    /// How often what is published changed.
    pub(super) version: u64,
}

/// Something that is published.
#[derive(Debug)]
pub(super) enum Entry {
    /// A key of the tenant.
    Key(Arc<PublishedKey>),
    /// A member of `keys` as it was given.
    Literal(Value),
}

impl Default for State {
    fn default() -> Self {
        let first = PublishedKey {
            kid: String::new(),
            key: KeyMaterial::Pool(pool::key(KeyKind::Rsa2048, 0)),
            number: 0,
            certificate: None,
            members: Map::new(),
        };
        Self {
            published: Vec::new(),
            signing: Arc::new(first),
            made: Vec::new(),
            version: 0,
        }
    }
}

impl State {
    pub(super) fn keys(&self) -> impl DoubleEndedIterator<Item = &Arc<PublishedKey>> {
        self.published.iter().filter_map(|entry| match entry {
            Entry::Key(key) => Some(key),
            Entry::Literal(_) => None,
        })
    }

    pub(super) fn publish(&mut self, key: Arc<PublishedKey>) {
        self.publish_entry(Entry::Key(key));
    }

    pub(super) fn publish_entry(&mut self, entry: Entry) {
        self.version += 1;
        self.published.push(entry);
    }

    pub(super) fn replace(&mut self, old: &Arc<PublishedKey>, new: &Arc<PublishedKey>) {
        self.version += 1;
        for entry in &mut self.published {
            if matches!(entry, Entry::Key(key) if Arc::ptr_eq(key, old)) {
                *entry = Entry::Key(Arc::clone(new));
            }
        }
        if Arc::ptr_eq(&self.signing, old) {
            self.signing = Arc::clone(new);
        }
    }

    /// Whether there was such a key.
    pub(super) fn withdraw(&mut self, kid: &str) -> bool {
        let before = self.published.len();
        self.published
            .retain(|entry| !matches!(entry, Entry::Key(key) if key.kid == kid));
        self.version += 1;
        self.published.len() < before
    }

    pub(super) fn withdraw_all(&mut self) {
        self.version += 1;
        self.published.clear();
    }

    pub(super) fn withdraw_all_but_signing(&mut self) {
        self.version += 1;
        let signing = Arc::clone(&self.signing);
        self.published
            .retain(|entry| matches!(entry, Entry::Key(key) if Arc::ptr_eq(key, &signing)));
    }

    /// Back to nothing; the version goes on.
    pub(super) fn forget(&mut self) {
        self.withdraw_all();
        self.made.clear();
    }
}
