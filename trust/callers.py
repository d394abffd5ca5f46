"""Puts together, for one home, what tells who calls: access tokens at interfaces, signed-in browsers at pages."""

from dataclasses import dataclass
from datetime import timedelta

from certs.errors import CertsError
from certs.keys import load_private
from certs.signer import Signer, SoftwareSigner
from trust.net.client import shared
from trust.plugin import Floor
from trust.settings import SettingsMalformed, read_secret
from trust.storage.replay import SeenProofs
from trust.usecases.complete_sign_in import CompleteSignIn
from trust.usecases.end_sign_in import EndSignIn
from trust.usecases.heed_logout import HeedLogout
from trust.usecases.recall_sign_in import RecallSignIn
from trust.web.bearer import Bearer, Tokens
from trust.web.client_key import ClientKey
from trust.web.issuer import Issuer
from trust.web.relying_party import RelyingParty
from trust.web.sign_in import CALLBACK, SignInPages
from trust.web.sign_in_cookies import Cookies
from trust.web.sign_in_sessions import Browsers, origin_of


@dataclass(frozen=True, slots=True)
class Callers:
    """What services ask; give either to `trust.web.step_up.require`."""

    bearer: Bearer
    browsers: Browsers
    pages: SignInPages


def callers(floor: Floor) -> Callers:
    """Put it together; `[sign_in] issuer` is set.

    Raises:
        SettingsMalformed: no issuer, or a key file that holds no key.
        KeyMissing: no key of the configured name in the ring.
        ClientKeyUnfit: the key is not one for ES256.
    """
    settings, public_url = floor.settings.sign_in, floor.settings.http.public_url
    if not settings.issuer:
        raise SettingsMalformed("[sign_in] issuer is not set")
    outbound = shared(floor.settings)
    issuer = Issuer(settings.issuer, outbound, floor.clock)
    tokens = Tokens(issuer, settings.audience or public_url, settings.acr_prefix)
    party = RelyingParty(
        issuer=issuer,
        tokens=tokens,
        send=outbound,
        key=ClientKey(_signer(floor)),
        client_id=settings.client_id,
        scopes=settings.scopes,
        redirect_uri=public_url.rstrip("/") + CALLBACK,
        clock=floor.clock,
    )
    browsers = Browsers(
        recall=RecallSignIn(party, floor.database, floor.new_work, floor.clock),
        cookies=Cookies(https=public_url.startswith("https://")),
        origin=origin_of(public_url),
        clock=floor.clock,
    )
    pages = SignInPages(
        browsers=browsers,
        party=party,
        complete=CompleteSignIn(party, floor.new_work, floor.clock, timedelta(hours=settings.hours)),
        end=EndSignIn(floor.new_work, floor.clock),
        heed=HeedLogout(floor.new_work, floor.clock),
        public_url=public_url,
    )
    return Callers(Bearer(tokens, SeenProofs(floor.database), public_url, floor.clock), browsers, pages)


def _signer(floor: Floor) -> Signer:
    file = floor.settings.sign_in.key_file
    if file is None:
        return floor.keys.signer(floor.settings.sign_in.key)
    try:
        return SoftwareSigner(load_private(read_secret(file)))
    except CertsError as error:
        raise SettingsMalformed(f"[sign_in] key_file {file}: not a private key") from error
