"""All that is examined, in the order in which one would look."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from riddles.checkup import books, community, environment, place, versions
from riddles.checkup.findings import Finding, collected


@dataclass(frozen=True, slots=True)
class Patient:
    """Where a show lives, and the environment it is started in."""

    config: Path
    content: Path
    database: Path
    variables: Mapping[str, str]


def examine(patient: Patient, now: datetime) -> list[Finding]:
    """Everything that can be known without Discord; never raises, writes nothing."""
    return [
        *collected("versions", lambda: versions.findings(now.date())),
        *of_the_show(patient, now),
    ]


def of_the_show(patient: Patient, now: datetime) -> list[Finding]:
    """Everything about this show, and not about the program that plays it."""
    settings, about_settings = community.read(patient.config)
    return [
        *about_settings,
        *collected("content", lambda: community.content(patient.content, settings)),
        *collected("time zones", community.zones),
        *collected("permissions", lambda: place.permissions(patient.config, patient.database)),
        *collected("disk", lambda: place.disk(patient.database)),
        *collected("database", lambda: books.findings(patient.database, now)),
        *collected("environment", lambda: environment.findings(patient.variables)),
        *collected(
            "RIDDLES_SECRET",
            lambda: environment.secret(
                patient.variables, patient.content, settings, patient.database
            ),
        ),
    ]
