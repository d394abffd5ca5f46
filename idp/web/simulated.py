"""Pages of outside providers and of the national platform, only played: a home in production has none of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from idp.errors_ties import LinkMissing, LinkRefused
from idp.model.link import MAX_ID
from idp.sources.national_simulator import SimulatedNational
from idp.sources.outside_simulator import SimulatedProvider
from idp.web.links import NAMES
from idp.web.ties_door import TiesDoor, moved

SIMULATED: Final = "/idp/simulated"


@dataclass(frozen=True, slots=True)
class SimulatedPages:
    """Ask who one is, and send the browser back with a signed answer."""

    door: TiesDoor
    issuer: str
    providers: Mapping[str, SimulatedProvider]
    national: SimulatedNational

    def routes(self) -> list[BaseRoute]:
        return [
            Route(f"{SIMULATED}/national", self.ask_national, methods=["GET"]),
            Route(f"{SIMULATED}/national/answer", self.answer_national, methods=["GET"]),
            Route(f"{SIMULATED}/{{provider}}", self.ask, methods=["GET"]),
            Route(f"{SIMULATED}/{{provider}}/answer", self.answer, methods=["GET"]),
        ]

    def ask(self, request: Request) -> Response:
        """Ask who one is at a provider."""
        provider = self._provider(request)
        kept = {name: request.query_params.get(name, "") for name in ("back", "state", "nonce", "challenge")}
        self._ours(kept["back"])
        action = f"{SIMULATED}/{provider.name}/answer"
        return self.door.page(request, "ties_simulated.html", names=NAMES[provider.name], kept=kept, action=action)

    def answer(self, request: Request) -> Response:
        """Send the browser back."""
        provider, asked = self._provider(request), request.query_params
        who, back = asked.get("who", "").strip()[:MAX_ID], self._ours(asked.get("back", ""))
        if not who:
            raise LinkRefused("nobody was named")
        code = provider.answer(who, asked.get("nonce", ""), asked.get("challenge", ""), strong="strong" in asked)
        query = urlencode({"state": asked.get("state", ""), "code": code})
        return Response(status_code=303, headers=moved(f"{back}?{query}"))

    def ask_national(self, request: Request) -> Response:
        """Ask who one is at the national platform."""
        kept = {name: request.query_params.get(name, "") for name in ("back", "state", "nonce")}
        self._ours(kept["back"])
        return self.door.page(request, "ties_simulated_national.html", kept=kept, action=f"{SIMULATED}/national/answer")

    def answer_national(self, request: Request) -> Response:
        """Send the browser back with a ticket."""
        asked = request.query_params
        back = self._ours(asked.get("back", ""))
        person = {"id_type": "111"} | {name: asked.get(name, "").strip()[:100] for name in ("number", "name", "phone")}
        ticket = self.national.ticket(self.issuer, asked.get("nonce", ""), asked.get("level", "")[:20], person)
        query = urlencode({"state": asked.get("state", ""), "ticket": ticket})
        return Response(status_code=303, headers=moved(f"{back}?{query}"))

    def _provider(self, request: Request) -> SimulatedProvider:
        found = self.providers.get(request.path_params["provider"])
        if found is None:
            raise LinkMissing("there is no such provider")
        return found

    def _ours(self, back: str) -> str:
        """Return the address to go back to; the player is no open redirector."""
        if not back.startswith(f"{self.issuer}/idp/outside/"):
            raise LinkRefused("not an address of ours")
        return back
