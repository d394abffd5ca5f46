"""The sign-in as a service: its pages, and for the services above what tells who calls."""

from trust.plugin import Floor, Plugin, Service
from trust.web.links import Link


def build(floor: Floor) -> Service:
    """The service; its front door is a `trust.callers.Callers`, none while no issuer is configured."""
    if not floor.settings.sign_in.issuer:
        return Service()
    from trust.callers import callers

    made = callers(floor)
    links = (Link("/sign-in", "登录", "Sign in"), Link("/sign-in/out", "退出", "Sign out"))
    return Service(api=made, routes=made.pages.routes, links=links)


plugin = Plugin("sign-in", "登录", "Sign-in", build)
