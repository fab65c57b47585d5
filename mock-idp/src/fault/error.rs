//! What is wrong with a fault: when it is made, and when nobody met it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::check::LARGEST;
use super::{Fault, FaultId, WrongEncoding};
use crate::place::Place;

/// A fault says what its place cannot do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FaultError {
    /// It does nothing.
    #[error("the fault at {0} has no effect")]
    NoEffect(Place),
    /// It edits members where answers have none.
    #[error("an answer of {0} has no members that could be edited")]
    NoMembers(Place),
    /// It changes the response of what is only a part of one.
    #[error("{0} is a part of a token: its members can be edited, the response is that of token()")]
    NotAnEndpoint(Place),
    /// It signs where nothing is signed.
    #[error("{0} is not signed; sign_with belongs to id_token()")]
    NotSigned(Place),
    /// It answers where the provider asks.
    #[error(
        "the provider sends what is at {0} and does not answer there: edit members or the body"
    )]
    NotAnswered(Place),
    /// It writes members down in a way that the place has not.
    #[error("{0} cannot be written as {1:?}")]
    Encoding(Place, WrongEncoding),
    /// It sends elsewhere what goes to no app.
    #[error(
        "an answer of {0} does not go to an app, so it cannot be sent elsewhere; use redirect()"
    )]
    NotSent(Place),
    /// It is about refreshing where nothing is refreshed.
    #[error("{0} does not know whether a request is for a refresh")]
    NoRefresh(Place),
    /// It waits for a place of the same login where answers belong to none.
    #[error("an answer of {0} cannot be told to belong to a login, so a fault cannot wait for it")]
    NoLogin(Place),
    /// It makes a text that would not fit into memory.
    #[error(
        "{0} bytes are more than a fault may make; there may be {LARGEST}, and repeat() any number"
    )]
    TooLarge(u64),
    /// It keeps the signature of claims that it does not edit.
    #[error("sign_with(BeforeEdits) belongs to a fault that edits members as well")]
    NoEdits,
    /// There is no weak key of this size.
    #[error("there is no weak RSA key of {0} bits; there are 512 and 1024")]
    WeakRsa(u16),
    /// It names a client where requests do not.
    #[error(
        "a request to {0} does not say which client it is from, so a fault there cannot be for one"
    )]
    NoClient(Place),
    /// It names a persona where answers are about none.
    #[error("an answer of {0} is about no persona, so a fault there cannot be for one")]
    NoPersona(Place),
    /// It names a persona before the handler found out who it is.
    #[error(
        "instead of the handler nobody knows the persona: match by client, or let the handler act"
    )]
    InsteadForPersona,
    /// It edits the answer of a handler that does not act.
    #[error("instead of the handler there are no members to edit; use body()")]
    InsteadEdits,
    /// No HTTP status.
    #[error("{0} is no HTTP status of a final response")]
    Status(u16),
    /// No HTTP header.
    #[error("{name:?}: {value:?} cannot be an HTTP header")]
    Header {
        /// The name.
        name: String,
        /// The value.
        value: String,
    },
    /// It never applies.
    #[error("counting begins with 1: nth(0) and times(0) never apply")]
    Never,
}

/// A fault that no request has reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct UnreachedFault {
    /// Its name at the tenant.
    pub id: FaultId,
    /// What it says.
    pub fault: Fault,
}

/// Faults that no request has reached: what they were to test was not tested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreachedFaults(pub Vec<UnreachedFault>);

impl std::error::Error for UnreachedFaults {}

impl fmt::Display for UnreachedFaults {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} fault(s) were never reached:", self.0.len())?;
        for UnreachedFault { id, fault } in &self.0 {
            let Fault {
                place,
                effects,
                matching,
                ..
            } = fault;
            write!(
                formatter,
                "\n  #{} at {place}: {effects:?} for {matching:?}",
                id.0
            )?;
        }
        Ok(())
    }
}
