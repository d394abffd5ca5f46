"""The sign-in as a service: its pages, and for the services above what tells who calls."""

from trust.plugin import Floor, Plugin, Service


def build(floor: Floor) -> Service:
    """The service; its front door is a `trust.callers.Callers`, none while no issuer is configured."""
    if not floor.settings.sign_in.issuer:
        return Service()
    from trust.callers import callers

    made = callers(floor)
    return Service(api=made, routes=made.pages.routes)


plugin = Plugin("sign-in", "登录", "Sign-in", build)
