//! The picture that the provider draws of a persona who has none.

use http::header::{CACHE_CONTROL, CONTENT_TYPE};

use super::Request;
use crate::answer::Answer;
use crate::check::{Check, Refusal, refuse};
use crate::page;
use crate::place::Place;
use crate::tenant::Tenant;

pub(super) fn picture(tenant: &Tenant, request: &Request) -> Result<Answer, Refusal> {
    let name = request.variable.as_deref().unwrap_or_default();
    let id = percent_decoded(name);
    let persona = tenant
        .persona(&id)
        .ok_or_else(|| refuse(Check::PicturePersona, format!("there is no persona {id:?}")))?;
    Ok(Answer::page(Place::Picture, page::picture(&persona))
        .with_header(CONTENT_TYPE, "image/svg+xml")
        .with_header(CACHE_CONTROL, "public, max-age=86400, no-transform"))
}

/// A piece of a path as `form_urlencoded` wrote it.
fn percent_decoded(piece: &str) -> String {
    let mut pairs = url::form_urlencoded::parse(piece.as_bytes());
    pairs
        .next()
        .map(|(name, _)| name.into_owned())
        .unwrap_or_default()
}
