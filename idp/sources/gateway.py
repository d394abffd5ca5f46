"""Short messages and mail through somebody's gateway, or through nobody's."""

import json
import logging
from dataclasses import dataclass, field

from trust.errors import Kind, TrustError
from trust.net.client import Outbound
from trust.net.errors import OutboundFailed, OutboundRefused

_LOG = logging.getLogger("idp.messages")
TRIES = 2


class ChannelMissing(TrustError):
    """This home sends no messages: no gateway is set up."""

    kind, code = Kind.UNAVAILABLE, "channel-missing"


@dataclass(frozen=True, slots=True)
class Gateway:
    """Hands messages to a gateway, which takes JSON with `to` and `text`; what it does not take is logged without both."""

    outbound: Outbound
    url: str
    token: str = field(repr=False)

    def send(self, to: str, text: str) -> None:
        """Hand a text over; a gateway that does not answer is asked once more."""
        body = json.dumps({"to": to, "text": text}, ensure_ascii=False).encode()
        headers = {"authorization": f"Bearer {self.token}"} if self.token else {}
        for _ in range(TRIES):
            try:
                answer = self.outbound.post(self.url, body, content_type="application/json", headers=headers)
            except OutboundFailed:
                continue
            except OutboundRefused:
                break
            if answer.status < 300:
                return
            if answer.status < 500:
                break
        _LOG.warning("the message gateway did not take a message")


@dataclass(frozen=True, slots=True)
class NoChannel:
    """Stands where a home has no gateway."""

    def send(self, to: str, text: str) -> None:
        """Refuse.

        Raises:
            ChannelMissing: always.
        """
        del to, text
        raise ChannelMissing("this home sends no messages: [idp.messages] names no gateway")
