"""The checkup: is everything there that a show needs, and is it well? It changes nothing.

Every line is good, a warning, or bad, and what is not good says what to do about it. A bad line
keeps the show from running; a warning is something that will matter one day.
"""

from riddles.checkup.examining import Patient, examine
from riddles.checkup.findings import Finding, Grade

__all__ = ["Finding", "Grade", "Patient", "examine"]
