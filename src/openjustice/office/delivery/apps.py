"""Tells Django of the deliveries."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from openjustice.office.desk import frame, words


class DeliveryConfig(AppConfig):
    """Deliveries of extracts."""

    name = "openjustice.office.delivery"
    label = "delivery"

    def ready(self) -> None:
        """Put the desk into the menu, and teach its words."""
        from openjustice.office.delivery import services, texts
        from openjustice.office.licenses import services as licenses

        words.teach(texts.WORDS)
        licenses.look_also(services.look_at_home)
        frame.open_desk(
            frame.Desk("delivery:list", _("Deliveries"), frozenset({"researcher", "team_member", "steward"}))
        )
