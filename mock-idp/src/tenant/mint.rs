//! Tokens without a login.

use serde_json::{Map, Value};

use super::Tenant;
use crate::answer::Members;
use crate::grant::{minted_access_token, minted_id_token, minted_jwt_access_token};
use crate::mint::{Mint, MintError, MintKind};
use crate::sign::{Signing, TokenLies, UnsignedToken, sign};

/// The times that a token tells, which its age moves.
const TIMES: [&str; 4] = ["iat", "exp", "nbf", "auth_time"];

impl Tenant {
    /// Makes a token without a login: by the clock, the keys and the claims of this provider.
    ///
    /// # Panics
    /// When there is no such persona, or the token cannot be like this;
    /// [`try_mint`](Self::try_mint) returns the error instead.
    #[must_use]
    pub fn mint(&self, mint: Mint) -> String {
        match self.try_mint(mint) {
            Ok(token) => token,
            Err(error) => panic!("mock-idp: {error}"),
        }
    }

    /// Makes a token without a login.
    ///
    /// # Errors
    /// When there is no such persona, or the token cannot be like this.
    pub fn try_mint(&self, mint: Mint) -> Result<String, MintError> {
        mint.check()?;
        let persona = self.persona(&mint.persona);
        let persona = persona.ok_or_else(|| MintError::Persona(mint.persona.clone()))?;
        let token = match mint.kind {
            MintKind::AccessToken => return Ok(minted_access_token(self, &mint, &persona)),
            MintKind::IdToken => minted_id_token(self, &mint, &persona),
            MintKind::JwtAccessToken => minted_jwt_access_token(self, &mint, &persona),
        };
        self.signed(token, mint)
    }

    fn signed(&self, mut token: UnsignedToken, mint: Mint) -> Result<String, MintError> {
        make_older(&mut token.claims, mint.age.as_secs());
        let honest_claims = Some(token.claims.clone());
        set(&mut token.claims, mint.claims);
        let lies = TokenLies {
            signing: mint.sign_with,
            honest_claims,
            ..TokenLies::default()
        };
        for way in &lies.signing {
            // A lie that is not told would make the token a right one.
            if !way.fits(&token.key) {
                let algorithm = token.key.key.signing_key().algorithm();
                return Err(MintError::Misfit(way.clone(), algorithm));
            }
            if *way == Signing::HmacClientSecret && token.client_secret.is_none() {
                return Err(MintError::NoSecret(mint.audience));
            }
            way.prepare(&mut token, self.keys());
        }
        set(&mut token.header, mint.header);
        Ok(sign(&token, &lies, self.keys()))
    }
}

fn make_older(claims: &mut Members, by: u64) {
    let by = i64::try_from(by).unwrap_or(i64::MAX);
    for name in TIMES {
        let time = claims.json_of(name).and_then(|json| json.parse().ok());
        let time: Option<i64> = time;
        if let Some(time) = time {
            claims.set(name, time.saturating_sub(by).to_string());
        }
    }
}

fn set(members: &mut Members, values: Map<String, Value>) {
    for (name, value) in values {
        if value.is_null() {
            members.edit().retain(|(known, _)| *known != *name);
        } else {
            members.set(&name, value.to_string());
        }
    }
}
