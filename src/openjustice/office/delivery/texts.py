"""The words for the codes of deliveries."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDS: dict[str, str | Promise] = {
    "ready": _("ready to be fetched"),
    "begun": _("being fetched"),
    "fetched": _("fetched"),
    "stopped_link": _("the link is over"),
    "recipient_wrong": _("This is not a public key of age. It begins with age1."),
    "recipient_wanting": _("This person has given no key yet."),
}
