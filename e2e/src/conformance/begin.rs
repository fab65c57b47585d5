//! How a login, or a logout, begins.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::pages::Control;

/// How something begins.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Begin {
    /// By going to this path.
    Path(String),
    /// By pressing a link or a button on a page.
    Press {
        /// The page.
        page: String,
        /// The words on the link or button.
        press: String,
        /// What is filled in before, by the names of the form's fields.
        #[serde(default)]
        fill: Fields,
    },
    /// By pressing what a CSS selector finds on a page.
    Select {
        /// The page.
        page: String,
        /// The selector of the link or button.
        css: String,
        /// What is filled in before, by the names of the form's fields.
        #[serde(default)]
        fill: Fields,
    },
}

/// What is filled into a form, by the names of its fields.
pub type Fields = BTreeMap<String, String>;

/// What is pressed.
pub(super) struct Pressed<'a> {
    pub(super) page: &'a str,
    pub(super) control: Control,
    pub(super) fill: &'a Fields,
}

impl Begin {
    /// The path, where it is one.
    pub(super) fn path(&self) -> Option<&str> {
        match self {
            Self::Path(path) => Some(path),
            Self::Press { .. } | Self::Select { .. } => None,
        }
    }

    /// What is pressed on which page; none where it is a path.
    pub(super) fn pressed(&self) -> Option<Pressed<'_>> {
        let (page, control, fill) = match self {
            Self::Path(_) => return None,
            Self::Press { page, press, fill } => (page, Control::named(press), fill),
            Self::Select { page, css, fill } => (page, Control::Css(css.clone()), fill),
        };
        Some(Pressed {
            page,
            control,
            fill,
        })
    }
}
