"""The sentences that understanding is trained and measured on: are they whole, and apart from each other?

sentence   one line of `data/nlu/<language>/<topic>.yml` or `data/danger/<language>.yml`, with the place it stands in
fault      one thing to put right, and where; "missing" is what nobody has written yet
leak       a training sentence that is also, or nearly, a test sentence: it would make the measured figures too good

`check` gives all faults of all languages at once; `scaffold` makes the files of a language that is not there yet, so
that the same check then says what is still to be written. Nothing here trains, and nothing is read later.
"""

from bot.training.corpus.check import Report, check
from bot.training.corpus.faults import Fault
from bot.training.corpus.scaffold import Made, ScaffoldError, scaffold

__all__ = ["Fault", "Made", "Report", "ScaffoldError", "check", "scaffold"]
