"""The control API of mock-idp: what a test can tell a provider, typed from its OpenAPI file.

    with MockIdp.start() as idp:
        client = idp.register(redirect_uri="http://localhost:8501/oauth2callback")
        idp.tell("id_token_claims", {"set": {"member": "aud", "value": {"literal": "another app"}}})

pytest finds the fixtures `mock_idp_provider` and `mock_idp` by itself.
"""

from .client import MockIdp, MockIdpError

__all__ = ["MockIdp", "MockIdpError"]
