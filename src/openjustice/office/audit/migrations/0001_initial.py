"""Makes the tables of audit."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.CharField(max_length=32)),
                ("actor", models.CharField(max_length=80)),
                ("role", models.CharField(max_length=40)),
                ("event", models.CharField(max_length=80)),
                ("thing", models.CharField(max_length=40)),
                ("thing_id", models.CharField(max_length=80)),
                ("source", models.CharField(blank=True, max_length=40)),
                ("target", models.CharField(blank=True, max_length=40)),
                ("detail", models.TextField(default="{}")),
                ("previous", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
            ],
            options={
                "db_table": "audit_entry",
                "ordering": ("number",),
                "indexes": [
                    models.Index(fields=["thing", "thing_id"], name="audit_entry_thing"),
                    models.Index(fields=["actor", "number"], name="audit_entry_actor"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Head",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("size", models.BigIntegerField(default=0)),
                ("hash", models.CharField(max_length=64)),
                ("edge", models.TextField(blank=True)),
            ],
            options={
                "db_table": "audit_head",
                "constraints": [models.CheckConstraint(condition=models.Q(("pk", 1)), name="audit_head_is_one")],
            },
        ),
    ]
