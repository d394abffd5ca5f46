"""The authority's background work: each handler does it and then finishes the job."""

from dataclasses import dataclass
from datetime import timedelta

from pki.errors import ListMissing
from pki.model import work as kinds
from pki.storage.lists import Lists
from pki.usecases.publish_list import PublishList
from pki.usecases.resolve_intents import ResolveIntents
from trust.errors import TrustError
from trust.jobs.queue import Group
from trust.keys.errors import KeyMissing
from trust.storage.unit_of_work import NewWork

BY_LISTS = "service pki-lists"
BY_RESOLVER = "service pki-resolver"
REMIND_BEFORE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Workers:
    """Handlers by kind of work."""

    new_work: NewWork
    publish: PublishList
    resolve_intents: ResolveIntents

    def publish_changed(self, group: Group) -> None:
        """Publish the lists on which something changed, each once however many jobs ask for it."""
        later = []
        for authority, shard in {(job.payload["authority"], job.payload["shard"]) for job in group.jobs}:
            again = self.publish.refresh(authority, shard, BY_LISTS)
            if again is not None:
                later.append((authority, shard, again))
        with self.new_work() as work:
            work.jobs.finish(group)
            for authority, shard, again in later:
                key = f"{authority}/{shard}/after/{again:%Y%m%d%H%M%S}"
                work.jobs.put(kinds.PUBLISH, key, {"authority": authority, "shard": shard}, again)

    def publish_due(self, group: Group) -> None:
        """Renew every list whose time has come; one that cannot be renewed here holds up no other."""
        faults = []
        for authority, shard in self.publish.due():
            try:
                self.publish(authority, shard, BY_LISTS)
            except KeyMissing:
                continue  # an off-line root: its list comes from the next ceremony, and readiness says when
            except TrustError as fault:
                faults.append(fault)
        if faults:
            raise faults[0]
        self._finish(group)

    def resolve(self, group: Group) -> None:
        """Give up what was intended and never finished."""
        self.resolve_intents(BY_RESOLVER)
        self._finish(group)

    def well(self) -> str:
        """Say how the lists stand.

        Raises:
            ListMissing: one is absent, or may no longer be relied on.
        """
        directory = self.publish.directory
        at = self.publish.time.clock.now()
        count = 0
        with directory.database.reading() as db:
            last = Lists(db).last_updates()
        for one in directory.authorities().values():
            for shard in range(one.shards):
                made = last.get((one.name, shard))
                if made is None or at >= made + one.list_holds:
                    raise ListMissing(f"the list {one.name}/{shard} is missing or too old to be relied on")
                count += 1
        if not count:
            return "no ceremony yet"
        ending = [one.name for one in directory.stampers() if one.key_ends <= at + REMIND_BEFORE]
        return f"{count} lists" + (f"; the key of {', '.join(ending)} is used up soon" if ending else "")

    def _finish(self, group: Group) -> None:
        with self.new_work() as work:
            work.jobs.finish(group)
