//! Where a provider is, and where its URLs lead.

use crate::place::Place;

/// The URLs that everything of a provider is under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Names {
    /// Where browsers find it; without a slash at the end.
    pub(crate) root: String,
    /// Where apps find what they ask themselves; where nothing is said, under the root.
    pub(crate) back_channel: Option<String>,
    /// Whether its URLs are those of the real provider, on https at its own hosts. The root is then
    /// where the control API is.
    pub(crate) at_real_hosts: bool,
}

impl Names {
    /// Those of a tenant of this name.
    pub(crate) fn under(&self, name: &str) -> Self {
        let back_channel = self.back_channel.as_ref();
        Self {
            root: format!("{}/{name}", self.root),
            back_channel: back_channel.map(|url| format!("{url}/{name}")),
            at_real_hosts: false,
        }
    }

    /// Where an app asks itself at this place: there is another way for that.
    pub(crate) fn back_channel_of(&self, place: Place) -> Option<&str> {
        let is_asked_by_apps = matches!(
            place,
            Place::Jwks | Place::Token | Place::UserInfo | Place::TokenInfo | Place::Revocation
        );
        self.back_channel.as_deref().filter(|_| is_asked_by_apps)
    }
}

impl From<String> for Names {
    fn from(root: String) -> Self {
        Self {
            root,
            back_channel: None,
            at_real_hosts: false,
        }
    }
}

impl From<&str> for Names {
    fn from(root: &str) -> Self {
        Self::from(root.to_owned())
    }
}
