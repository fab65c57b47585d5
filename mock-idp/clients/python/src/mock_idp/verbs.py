"""A method for each verb of the control API.

Made by ./generate from the OpenAPI file of the control API.
"""

from typing import Any, cast

from . import types


class Verbs:
    """What a test can tell a provider, and ask of it."""

    def _get(self, verb: str, arguments: dict[str, Any]) -> Any:
        raise NotImplementedError

    def _post(self, verb: str, arguments: dict[str, Any]) -> Any:
        raise NotImplementedError

    def healthz(self) -> types.Health:
        """Says that the provider is there."""
        return cast('types.Health', self._get("healthz", {}))

    def provider(self) -> types.TenantView:
        """Shows the provider."""
        return cast('types.TenantView', self._get("provider", {}))

    def reset(self) -> None:
        """Goes back to how the provider started; the clock stays as it is."""
        self._post("reset", {})

    def create_tenant(self, *, name: str | None = None, flavour: str | None = None, seed: int | None = None, auto_login: types.AutoLogin | None = None, clients: list[types.Client] | None = None, personas: types.People | None = None) -> types.TenantView:
        """Adds a provider under the root's issuer."""
        return cast('types.TenantView', self._post("create_tenant", {"name": name, "flavour": flavour, "seed": seed, "auto_login": auto_login, "clients": clients, "personas": personas}))

    def tenants(self) -> list[types.TenantView]:
        """Shows the tenants beside the provider at the root, by name."""
        return cast('list[types.TenantView]', self._get("tenants", {}))

    def drop_tenant(self, *, name: str) -> None:
        """Takes a tenant off the network; its name is free again."""
        self._post("drop_tenant", {"name": name})

    def register(self, *, redirect_uri: str) -> types.Client:
        """Registers a client with random credentials in the provider's form."""
        return cast('types.Client', self._post("register", {"redirect_uri": redirect_uri}))

    def register_client(self, *, client_id: str, client_secret: str | None = None, redirect_uris: list[str] | None = None, client_name: str | None = None, javascript_origins: list[str] | None = None, token_endpoint_auth_method: types.TokenEndpointAuthMethod | None = None, jwks: Any | None = None, id_token_signed_response_alg: types.Algorithm | None = None, userinfo_signed_response_alg: types.Algorithm | None = None, post_logout_redirect_uris: list[str] | None = None, backchannel_logout_uri: str | None = None, backchannel_logout_session_required: bool | None = None, frontchannel_logout_uri: str | None = None, frontchannel_logout_session_required: bool | None = None) -> None:
        """Registers a client with the credentials it comes with."""
        self._post("register_client", {"client_id": client_id, "client_secret": client_secret, "redirect_uris": redirect_uris, "client_name": client_name, "javascript_origins": javascript_origins, "token_endpoint_auth_method": token_endpoint_auth_method, "jwks": jwks, "id_token_signed_response_alg": id_token_signed_response_alg, "userinfo_signed_response_alg": userinfo_signed_response_alg, "post_logout_redirect_uris": post_logout_redirect_uris, "backchannel_logout_uri": backchannel_logout_uri, "backchannel_logout_session_required": backchannel_logout_session_required, "frontchannel_logout_uri": frontchannel_logout_uri, "frontchannel_logout_session_required": frontchannel_logout_session_required})

    def replace_client(self, *, client_id: str, client_secret: str | None = None, redirect_uris: list[str] | None = None, client_name: str | None = None, javascript_origins: list[str] | None = None, token_endpoint_auth_method: types.TokenEndpointAuthMethod | None = None, jwks: Any | None = None, id_token_signed_response_alg: types.Algorithm | None = None, userinfo_signed_response_alg: types.Algorithm | None = None, post_logout_redirect_uris: list[str] | None = None, backchannel_logout_uri: str | None = None, backchannel_logout_session_required: bool | None = None, frontchannel_logout_uri: str | None = None, frontchannel_logout_session_required: bool | None = None) -> None:
        """Registers a client anew, in place of the one with its id."""
        self._post("replace_client", {"client_id": client_id, "client_secret": client_secret, "redirect_uris": redirect_uris, "client_name": client_name, "javascript_origins": javascript_origins, "token_endpoint_auth_method": token_endpoint_auth_method, "jwks": jwks, "id_token_signed_response_alg": id_token_signed_response_alg, "userinfo_signed_response_alg": userinfo_signed_response_alg, "post_logout_redirect_uris": post_logout_redirect_uris, "backchannel_logout_uri": backchannel_logout_uri, "backchannel_logout_session_required": backchannel_logout_session_required, "frontchannel_logout_uri": frontchannel_logout_uri, "frontchannel_logout_session_required": frontchannel_logout_session_required})

    def client(self, *, client_id: str) -> types.Client:
        """Shows the client of this id."""
        return cast('types.Client', self._get("client", {"client_id": client_id}))

    def clients(self) -> list[types.Client]:
        """Shows every client, by id."""
        return cast('list[types.Client]', self._get("clients", {}))

    def secrets_toml(self, *, redirect_uri: str) -> str:
        """Registers a client, and gives the `.streamlit/secrets.toml` that its app needs."""
        return cast('str', self._post("secrets_toml", {"redirect_uri": redirect_uri}))

    def secrets_toml_for(self, *, client_id: str, redirect_uri: str) -> str:
        """Gives the `.streamlit/secrets.toml` for a client that is registered already."""
        return cast('str', self._post("secrets_toml_for", {"client_id": client_id, "redirect_uri": redirect_uri}))

    def register_web_client(self, *, name: str | None = None, redirect_uris: list[str] | None = None, javascript_origins: list[str] | None = None) -> types.Client:
        """Registers a client of the type "Web application", by the console's rules."""
        return cast('types.Client', self._post("register_web_client", {"name": name, "redirect_uris": redirect_uris, "javascript_origins": javascript_origins}))

    def client_file(self, *, client_id: str) -> str:
        """Gives the file of a client, `client_secret.json`, as the console lets it be downloaded."""
        return cast('str', self._get("client_file", {"client_id": client_id}))

    def publishing(self) -> types.Publishing:
        """Shows for whom the apps are."""
        return cast('types.Publishing', self._get("publishing", {}))

    def set_publishing(self, *, status: types.PublishingStatus | None = None, test_users: list[str] | None = None, developer_email: str | None = None) -> None:
        """Says for whom the apps are."""
        self._post("set_publishing", {"status": status, "test_users": test_users, "developer_email": developer_email})

    def personas(self) -> list[types.Persona]:
        """Shows everybody who can log in, in the order of the account chooser."""
        return cast('list[types.Persona]', self._get("personas", {}))

    def add_persona(self, *, id: str, sub: str | None = None, name: str | None = None, given_name: str | None = None, family_name: str | None = None, email: str | None = None, email_verified: bool | None = None, picture: str | None = None, hd: str | None = None, claims: dict[str, Any] | None = None) -> None:
        """Adds a persona, or replaces the one of the same id."""
        self._post("add_persona", {"id": id, "sub": sub, "name": name, "given_name": given_name, "family_name": family_name, "email": email, "email_verified": email_verified, "picture": picture, "hd": hd, "claims": claims})

    def remove_persona(self, *, id: str) -> None:
        """Removes a persona. Its codes and tokens are no longer good for anything."""
        self._post("remove_persona", {"id": id})

    def set_personas(self, *, personas: types.People) -> None:
        """Replaces all personas. Of several with the same id the last one stays."""
        self._post("set_personas", {"personas": personas})

    def set_auto_login(self, *, auto_login: types.AutoLogin) -> None:
        """Says whether the authorization endpoint answers without a page."""
        self._post("set_auto_login", {"auto_login": auto_login})

    def clock_now(self) -> types.Time:
        """Tells the time at the provider."""
        return cast('types.Time', self._get("clock/now", {}))

    def clock_advance(self, *, seconds: float) -> types.Time:
        """Moves the clock forward; it goes on as it did, running or frozen."""
        return cast('types.Time', self._post("clock/advance", {"seconds": seconds}))

    def clock_set(self, *, unix_seconds: float) -> types.Time:
        """Sets the time; the clock goes on as it did, running or frozen."""
        return cast('types.Time', self._post("clock/set", {"unix_seconds": unix_seconds}))

    def clock_freeze(self) -> types.Time:
        """Stops the clock where it stands."""
        return cast('types.Time', self._post("clock/freeze", {}))

    def clock_unfreeze(self) -> types.Time:
        """Lets the clock run again, from the time it was stopped at."""
        return cast('types.Time', self._post("clock/unfreeze", {}))

    def clock_reset(self) -> types.Time:
        """Lets the clock go with the machine's again, neither moved nor stopped."""
        return cast('types.Time', self._post("clock/reset", {}))

    def keys_rotate(self) -> types.Kid:
        """Makes a new key, which signs from now on; the ones before it stay published."""
        return cast('types.Kid', self._post("keys/rotate", {}))

    def keys_publish(self, *, kind: types.KeyKind | None = None, kid: str | None = None, certificate: types.CertificateOf | None = None, members: dict[str, Any] | None = None) -> types.Kid:
        """Publishes a key that does not sign yet."""
        return cast('types.Kid', self._post("keys/publish", {"kind": kind, "kid": kid, "certificate": certificate, "members": members}))

    def keys_publish_jwk(self, *, jwk: Any) -> None:
        """Publishes this as a key, whatever it is, behind the others."""
        self._post("keys/publish_jwk", {"jwk": jwk})

    def keys_generate(self, *, bits: int) -> types.Kid:
        """Makes an RSA key and publishes it; it does not sign yet. Takes up to a second."""
        return cast('types.Kid', self._post("keys/generate", {"bits": bits}))

    def keys_use_key(self, *, kid: str) -> None:
        """Signs with the published key of this `kid` from now on."""
        self._post("keys/use_key", {"kid": kid})

    def keys_replace(self, *, kid: str) -> None:
        """Puts another key in the place of this one, under the same `kid`."""
        self._post("keys/replace", {"kid": kid})

    def keys_retire(self, *, kid: str) -> None:
        """Stops publishing the key of this `kid`. The key that signs cannot be retired."""
        self._post("keys/retire", {"kid": kid})

    def keys_retire_old(self) -> None:
        """Stops publishing every key but the one that signs."""
        self._post("keys/retire_old", {})

    def keys_withdraw(self, *, kid: str) -> None:
        """Stops publishing the keys of this `kid`, also where one goes on signing."""
        self._post("keys/withdraw", {"kid": kid})

    def keys_withdraw_all(self) -> None:
        """Publishes nothing any more; the key that signs goes on."""
        self._post("keys/withdraw_all", {})

    def keys_signing_kid(self) -> types.Kid:
        """Names the key that signs."""
        return cast('types.Kid', self._get("keys/signing_kid", {}))

    def keys_published_kids(self) -> list[str]:
        """Names the published keys, in the order of the document."""
        return cast('list[str]', self._get("keys/published_kids", {}))

    def fault(self, *, place: types.Place, effects: list[types.Effect], when: types.When | None = None, match: types.Match | None = None, count: types.Count | None = None) -> types.Told:
        """Tells a lie from now on."""
        return cast('types.Told', self._post("fault", {"place": place, "effects": effects, "when": when, "match": match, "count": count}))

    def clear_faults(self) -> None:
        """Stops lying."""
        self._post("clear_faults", {})

    def unreached_faults(self) -> list[types.UnreachedFault]:
        """Shows the faults that no request has reached so far."""
        return cast('list[types.UnreachedFault]', self._get("unreached_faults", {}))

    def verify(self) -> None:
        """Makes sure that every fault was reached: one that was not has tested nothing."""
        self._post("verify", {})

    def waive(self, *, check: types.Check) -> None:
        """Lets pass what fails this check."""
        self._post("waive", {"check": check})

    def requests(self, *, place: types.Place | None = None, client_id: str | None = None, persona: str | None = None, transaction: types.TransactionId | None = None, refused: bool | None = None) -> types.Requests:
        """Shows the requests that arrived so far, with their answers."""
        return cast('types.Requests', self._get("requests", {"place": place, "client_id": client_id, "persona": persona, "transaction": transaction, "refused": refused}))

    def transactions(self, *, place: types.Place | None = None, client_id: str | None = None, persona: str | None = None, transaction: types.TransactionId | None = None, refused: bool | None = None) -> list[types.TransactionId]:
        """Names the logins that the requests are of, in the order these began."""
        return cast('list[types.TransactionId]', self._get("transactions", {"place": place, "client_id": client_id, "persona": persona, "transaction": transaction, "refused": refused}))

    def mermaid(self, *, place: types.Place | None = None, client_id: str | None = None, persona: str | None = None, transaction: types.TransactionId | None = None, refused: bool | None = None) -> str:
        """Draws the requests as a Mermaid sequence diagram, in which no secret shows."""
        return cast('str', self._get("mermaid", {"place": place, "client_id": client_id, "persona": persona, "transaction": transaction, "refused": refused}))

    def har(self, *, place: types.Place | None = None, client_id: str | None = None, persona: str | None = None, transaction: types.TransactionId | None = None, refused: bool | None = None) -> Any:
        """Writes the requests down as an HTTP archive (HAR 1.2), in which no secret shows."""
        return cast('Any', self._get("har", {"place": place, "client_id": client_id, "persona": persona, "transaction": transaction, "refused": refused}))

    def next_request(self, *, place: types.Place, within_seconds: float) -> types.Exchange:
        """Waits for the first request to this place that was not returned by this verb before."""
        return cast('types.Exchange', self._post("next_request", {"place": place, "within_seconds": within_seconds}))

    def questions(self) -> list[types.Question]:
        """Shows what every app that logs people in with a code should be asked."""
        return cast('list[types.Question]', self._get("questions", {}))

    def ask(self, *, question: types.Question, of: types.Filter | None = None) -> types.Answered:
        """Asks whether requests are as they should be."""
        return cast('types.Answered', self._post("ask", {"question": question, "of": of}))

    def assert_(self, *, question: types.Question, of: types.Filter | None = None) -> None:
        """Makes sure that requests are as they should be."""
        self._post("assert", {"question": question, "of": of})

    def mint(self, *, kind: types.MintKind, persona: str, audience: str, scope: str | None = None, nonce: str | None = None, sid: str | None = None, age: float | None = None, claims: dict[str, Any] | None = None, header: dict[str, Any] | None = None, sign_with: list[types.Signing] | None = None) -> types.Minted:
        """Makes a token without a login: by the clock, the keys and the claims of the provider."""
        return cast('types.Minted', self._post("mint", {"kind": kind, "persona": persona, "audience": audience, "scope": scope, "nonce": nonce, "sid": sid, "age": age, "claims": claims, "header": header, "sign_with": sign_with}))

    def log_out(self, *, persona: str) -> list[types.LogoutSent]:
        """Ends every session of a persona, as an administrator would, and tells the apps that used them."""
        return cast('list[types.LogoutSent]', self._post("log_out", {"persona": persona}))

    def send_logout_token(self, *, client_id: str, persona: str) -> types.LogoutSent:
        """Sends a logout token about a persona to one client, whether anybody is logged in or not."""
        return cast('types.LogoutSent', self._post("send_logout_token", {"client_id": client_id, "persona": persona}))
