"""How the answer to an authorization request travels: in the address, or in a form."""

from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from idp.oidc.progress import Answered
from idp.web import device_static, render
from idp.web.render import Look
from idp.web.ties_door import moved


def send(request: Request, answered: Answered, look: Look) -> Response:
    """Return the browser to the client, or to one of our own pages.

    Standard:
        RFC 9700, 4.12: 303, so that no form is sent on; OAuth 2.0 Form Post Response Mode, 2.
    """
    if answered.mode == "form_post":
        return render.page(
            request, "form_post.html", look, to=answered.redirect_uri, parameters=answered.parameters,
            script=device_static.PATHS["submit"],
        )  # fmt: skip
    to = with_query(answered.redirect_uri, answered.parameters)
    return RedirectResponse(to, 303, moved(to))


def with_query(uri: str, parameters: Mapping[str, str]) -> str:
    """Return an address with further parameters; what it had stays as it was."""
    if not parameters:
        return uri
    parts = urlsplit(uri)
    query = "&".join(filter(None, (parts.query, urlencode(parameters))))
    return parts._replace(query=query).geturl()
