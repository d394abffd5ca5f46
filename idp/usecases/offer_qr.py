"""Show a code that somebody who is known elsewhere may scan."""

from dataclasses import dataclass

from idp.factors.qr import Offer, QrFactor
from idp.model.challenge import digest_of
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork


@dataclass(frozen=True, slots=True)
class OfferQr:
    """Make a code for one browser."""

    new_work: NewWork
    clock: Clock
    qr: QrFactor

    def __call__(self, browser: bytes, client: str, device: str, network: str) -> Offer:
        """Return the code and the number beside it.

        Args:
            browser: digest of the browser's cookie.
            client: the relying platform that waits, or empty.
            device: the browser in words.
            network: its address block.
        """
        with self.new_work() as work:
            offer = self.qr.offer(work.db, browser, client, device, network, self.clock.now())
            work.journal.append("qr-offered", f"qr/{digest_of(offer.id).hex()}", "service idp", {"client": client})
        return offer
