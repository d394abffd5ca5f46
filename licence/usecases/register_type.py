"""Register a version of a licence type; one that is registered never changes."""

from dataclasses import dataclass

from licence import rendering
from licence.errors import LicenceTypeChanged
from licence.model.licence_type import LicenceType
from licence.model.type_file import parse
from licence.storage.types import LicenceTypes
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork
from trust.values.principal import Principal


@dataclass(frozen=True, slots=True)
class RegisterType:
    """Take in a type's file: checked to the last box, then kept as it came."""

    new_work: NewWork
    clock: Clock

    def __call__(self, file: bytes, by: Principal) -> tuple[LicenceType, bool]:
        """Return the type and whether this version is new.

        Raises:
            LicenceTypeMalformed, LayoutMalformed, TextOverflows, MissingGlyph: no licence could be made by this file.
            LicenceTypeChanged: this version has another content, or versions before it are missing.
        """
        asked = parse(file)
        rendering.form(asked)
        with self.new_work() as work:
            types = LicenceTypes(work.db)
            is_new = types.add(asked, file, self.clock.now())
            if not is_new:
                there = types.find(asked.code, asked.version)
                if there is None or there.digest != asked.digest:
                    raise LicenceTypeChanged(f"version {asked.version} of {asked.code} is registered, and is another")
                return there, False
            if asked.version > 1 and types.find(asked.code, asked.version - 1) is None:
                raise LicenceTypeChanged(f"version {asked.version} of {asked.code} does not follow one that is there")
            facts = {"version": str(asked.version), "digest": asked.digest}
            work.journal.append("licence-type-registered", asked.code.text, str(by), facts)
        return asked, True
