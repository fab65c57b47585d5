"""A provider, by its control API."""

import os
import subprocess
import tempfile
from collections.abc import Sequence
from typing import IO, Any, Self, cast

import httpx

from . import types
from .verbs import Verbs


class MockIdpError(Exception):
    """A verb was refused: by RFC 9457, with what is wrong in `detail`."""

    def __init__(self, verb: str, problem: dict[str, Any]) -> None:
        super().__init__(f"{verb}: {problem.get('detail') or problem.get('title')}")
        self.problem = problem


class MockIdp(Verbs):
    """A provider, or a tenant of one. Its methods are the verbs of the control API."""

    def __init__(self, issuer: str, token: str | None = None) -> None:
        """The provider that is called this; `token` is its control token, where it has one."""
        self.issuer = issuer
        headers = {"authorization": f"Bearer {token}"} if token else {}
        self._http = httpx.Client(base_url=f"{issuer}/_mock/", headers=headers, trust_env=False, timeout=60)
        self._process: subprocess.Popen[bytes] | None = None
        self._said: IO[bytes] | None = None

    @classmethod
    def start(cls, program: str | None = None, args: Sequence[str] = ()) -> Self:
        """Starts a provider on a free port; `stop`, or the end of a `with`, ends it.

        The program is `$MOCK_IDP` where nothing is said, or `mock-idp` on the PATH; `args` is what it is told, such as
        `["--flavour", "microsoft"]`.
        """
        program = program or os.environ.get("MOCK_IDP", "mock-idp")
        said = tempfile.TemporaryFile()
        process = subprocess.Popen(
            [program, "serve", "--port", "0", *args], stdout=subprocess.PIPE, stderr=said, stdin=subprocess.DEVNULL
        )
        assert process.stdout is not None
        # The issuer is the first line that it writes.
        issuer = process.stdout.readline().decode().strip()
        if not issuer:
            process.wait()
            said.seek(0)
            raise RuntimeError(f"{program} ended with {process.returncode} before it was ready: {said.read().decode()}")
        provider = cls(issuer)
        provider._process, provider._said = process, said
        return provider

    def stop(self) -> None:
        """Ends the provider, where this started it."""
        self._http.close()
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
            if self._process.stdout is not None:
                self._process.stdout.close()
        if self._said is not None:
            self._said.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def discovery_url(self) -> str:
        """Where apps find it."""
        return f"{self.issuer}/.well-known/openid-configuration"

    def tell(self, place: types.Place, *effects: types.Effect, **more: Any) -> types.Told:
        """Tells a lie from now on: `idp.tell("id_token_claims", {"omit": {"member": "nonce"}}, count={"times": 1})`."""
        return self.fault(place=place, effects=list(effects), **more)

    def tenant(self, flavour: str | None = None) -> "MockIdp":
        """A provider of one's own under the same root: its clients, clock, keys and lies are nobody else's."""
        return MockIdp(self.create_tenant(flavour=flavour)["issuer"])

    def _get(self, verb: str, arguments: dict[str, Any]) -> Any:
        return self._answered(verb, self._http.get(verb, params=given(arguments)))

    def _post(self, verb: str, arguments: dict[str, Any]) -> Any:
        return self._answered(verb, self._http.post(verb, json=given(arguments)))

    @staticmethod
    def _answered(verb: str, answer: httpx.Response) -> Any:
        if answer.is_error:
            raise MockIdpError(verb, cast(dict[str, Any], answer.json()))
        return answer.json() if answer.content else None


def given(arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments that were given."""
    return {name: value for name, value in arguments.items() if value is not None}
