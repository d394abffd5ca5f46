"""Offers the provider to the host; loading it is cheap, building it is not."""

from trust.plugin import Floor, Plugin, Service


def build(floor: Floor) -> Service:
    """Build the provider on a floor."""
    del floor
    return Service()


plugin = Plugin("idp", zh="统一身份认证", en="unified identity", build=build)
