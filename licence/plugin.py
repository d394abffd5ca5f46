"""Offers the licence service to the host; loading it is cheap, building it is not."""

from trust.plugin import Floor, Plugin, Service
from trust.readiness import Check


def build(floor: Floor) -> Service:
    """Build the service on a floor that holds the front door of seals."""
    from licence.settings import LicenceSection
    from licence.usecases.issue_licences import RESOLVE
    from licence.usecases.resolve_issuances import ResolveIssuances

    floor.settings.section("licence", LicenceSection)
    return Service(
        handlers={RESOLVE: ResolveIssuances(floor.new_work, floor.clock)},
        checks=(Check("licence-types", lambda: _check_types(floor)),),
    )


plugin = Plugin("licence", zh="电子证照", en="electronic licences", build=build, needs=("seal",))


def _check_types(floor: Floor) -> str:
    """Tell how many types there are, each of which can still be read and laid out."""
    from licence import rendering
    from licence.storage.types import LicenceTypes

    with floor.database.reading() as db:
        types = LicenceTypes(db).all()
    for each in types:
        rendering.form(each)
    return f"{len(types)} registered"
