"""May this number be dialled now? A country's rules as data, one pure decision, and a proof that can be kept.

Whatever is not known stands against the call: no zone, no profile, a list too old, a holiday nobody looked up. The
decision is asked twice: when people want to see what a campaign would dial, and when the call is about to leave.
"""

from routing.lawful.candidate import Campaign, Candidate, Consent, Listed, Suppression, Tried
from routing.lawful.clock import Holidays, Hours
from routing.lawful.decision import Verdict, may_dial
from routing.lawful.profile import Abandonment, DayPart, ListRule, Profile
from routing.lawful.rules import Against
from routing.lawful.starting import faults

__all__ = [
    "Abandonment", "Against", "Campaign", "Candidate", "Consent", "DayPart", "Holidays", "Hours", "ListRule", "Listed",
    "Profile", "Suppression", "Tried", "Verdict", "faults", "may_dial",
]  # fmt: skip
