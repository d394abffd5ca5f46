"""The authority, put together from the parts of the floor: what the plug-in serves and the commands use."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

from pki.desk import IssuingDesk
from pki.local import LocalAuthority
from pki.model.shards import Addresses
from pki.settings import PkiSettings
from pki.storage.directory import Directory
from pki.timekeeping import timekeeper
from pki.usecases.hold_ceremony import HoldCeremony
from pki.usecases.issue_certificate import IssueCertificate
from pki.usecases.publish_list import PublishList
from pki.usecases.resolve_intents import ResolveIntents
from pki.usecases.revoke_certificate import RevokeCertificate
from pki.usecases.stamp_time import StampTime
from trust.plugin import Floor


@dataclass(frozen=True, slots=True)
class Parts:
    """The front door and the actions behind it."""

    authority: LocalAuthority
    ceremony: HoldCeremony
    publish: PublishList
    resolve: ResolveIntents
    desk: IssuingDesk


def parts(floor: Floor) -> Parts:
    """Put the authority of a home together; commands use what the front door does not offer."""
    settings = PkiSettings.of(floor.settings)
    directory = Directory(floor.database)
    addresses = Addresses(settings.publish_url)
    time = timekeeper(
        floor.clock,
        max_jump=timedelta(seconds=floor.settings.clock.max_jump_seconds),
        accuracy=settings.stamp_accuracy,
        production=floor.settings.production,
    )
    signers = ThreadPoolExecutor(settings.issue_threads, thread_name_prefix="pki-sign")
    desk = IssuingDesk(floor.new_work, floor.keys, time, addresses, signers)
    publish = PublishList(floor.new_work, directory, floor.keys, floor.objects, addresses, time)
    authority = LocalAuthority(
        directory=directory,
        objects=floor.objects,
        issuing=IssueCertificate(directory, desk),
        revoking=RevokeCertificate(floor.new_work, directory, time),
        stamping=StampTime(floor.new_work, directory, floor.keys, time, signers),
        publishing=publish,
    )
    return Parts(
        authority=authority,
        ceremony=HoldCeremony(floor.keys, directory, desk),
        publish=publish,
        resolve=ResolveIntents(floor.new_work, time),
        desk=desk,
    )
