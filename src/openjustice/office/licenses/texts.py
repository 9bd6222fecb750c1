"""The words for the codes of licenses: states, what was said of them, and what is wrong."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDS: dict[str, str | Promise] = {
    "active": _("active"),
    "renewal_open": _("active; renewal may be asked now"),
    "renewal_asked": _("active; renewal is asked for"),
    "suspended": _("suspended"),
    "expired": _("ended; copies must be destroyed"),
    "revoked": _("revoked; copies must be destroyed"),
    "closing": _("closed; copies must be destroyed"),
    "destroyed": _("over; every copy is destroyed"),
    "reinstated": _("reinstated"),
    "renewed": _("renewed"),
    "renewal_refused": _("renewal refused"),
    "license_over": _("This license has ended. Make a new application."),
    "renewal_not_open": _("Renewal cannot be asked yet. Wait until the window opens."),
    "copy_certified": _("This copy is certified already."),
    "copy_known": _("This copy is noted already. Make a new one."),
    "copy_unknown": _("The license has no such copy."),
    "signature_wanting": _("Type your full name as your signature."),
    "day_impossible": _("A copy is destroyed after it was made, and not in the future. Correct the day."),
}
