//! The verbs, each by its arguments, which are the fields of its type.

mod clients;
mod clock;
mod console;
mod keys;
mod lies;
mod logout;
mod mint;
mod personas;
mod requests;
mod tenants;

pub(crate) use clients::{
    FindClient, ListClients, Register, RegisterClient, ReplaceClient, SecretsToml, SecretsTomlFor,
};
pub(crate) use clock::{Advance, Freeze, Now, ResetClock, Set, Time, Unfreeze};
pub(crate) use console::{ClientFile, RegisterWebClient, SetPublishing, ShowPublishing};
pub(crate) use keys::{
    Generate, Kid, Publish, PublishJwk, PublishedKids, Replace, Retire, RetireOld, Rotate,
    SigningKid, UseKey, Withdraw, WithdrawAll,
};
pub(crate) use lies::{ClearFaults, TellFault, UnreachedFaults, Verify, Waive};
pub(crate) use logout::{LogOut, SendLogoutToken};
pub(crate) use mint::MintToken;
pub(crate) use personas::{
    AddPersona, ListPersonas, People, RemovePersona, SetAutoLogin, SetPersonas,
};
pub(crate) use requests::{
    Archive, Ask, Assert, Diagram, Filter, ListQuestions, ListRequests, ListTransactions,
    NextRequest,
};
pub(crate) use tenants::{
    CreateTenant, DropTenant, Healthz, ListTenants, Reset, ShowProvider, TenantView,
};
