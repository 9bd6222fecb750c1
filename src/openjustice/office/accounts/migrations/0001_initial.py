"""Makes the tables of accounts."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Account",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("email", models.EmailField(max_length=254, unique=True, verbose_name="e-mail address")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("is_active", models.BooleanField(default=True)),
                ("made_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "account",
            },
        ),
        migrations.CreateModel(
            name="Organization",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200, unique=True, verbose_name="name")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("authority", "authority"),
                            ("agency", "agency"),
                            ("research", "research"),
                            ("provider", "provider"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("jurisdiction", models.CharField(blank=True, max_length=80, verbose_name="jurisdiction")),
                ("reporter", models.CharField(blank=True, max_length=80, verbose_name="agency code")),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "db_table": "organization",
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail address")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("clerk", "clerk"),
                            ("steward", "steward"),
                            ("checker", "checker"),
                            ("reviewer", "reviewer"),
                            ("decider", "decider"),
                            ("researcher", "researcher"),
                            ("team_member", "team_member"),
                            ("provider", "provider"),
                            ("administrator", "administrator"),
                        ],
                        max_length=20,
                    ),
                ),
                ("link_sha256", models.CharField(max_length=64, unique=True)),
                ("state", models.CharField(max_length=20)),
                ("made_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="accounts.organization"),
                ),
            ],
            options={
                "db_table": "invitation",
                "ordering": ("-pk",),
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("clerk", "clerk"),
                            ("steward", "steward"),
                            ("checker", "checker"),
                            ("reviewer", "reviewer"),
                            ("decider", "decider"),
                            ("researcher", "researcher"),
                            ("team_member", "team_member"),
                            ("provider", "provider"),
                            ("administrator", "administrator"),
                        ],
                        max_length=20,
                    ),
                ),
                ("state", models.CharField(max_length=20)),
                ("made_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "db_table": "membership",
                "ordering": ("role", "pk"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "held")),
                        fields=("account", "organization", "role"),
                        name="membership_held_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("state", "held")),
                            models.Q(("ended_at__isnull", False), ("state", "ended")),
                            _connector="OR",
                        ),
                        name="membership_end_is_dated",
                    ),
                ],
            },
        ),
    ]
