"""Makes the tables of review."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Comment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("draft", models.PositiveIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("product", models.CharField(blank=True, max_length=200)),
                ("row", models.PositiveIntegerField(blank=True, null=True)),
                ("column", models.CharField(blank=True, max_length=120)),
                ("text", models.TextField(max_length=4000)),
                ("made_at", models.DateTimeField()),
                ("state", models.CharField(max_length=20)),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "review_comment",
                "ordering": ("pk",),
                "indexes": [models.Index(fields=["draft", "state"], name="review_comment_draft")],
            },
        ),
    ]
