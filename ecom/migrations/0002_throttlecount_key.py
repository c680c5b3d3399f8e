"""Counts are found by their key alone. They live for minutes: the table begins anew."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ecom", "0001_initial")]

    operations = [
        migrations.DeleteModel(name="ThrottleCount"),
        migrations.CreateModel(
            name="ThrottleCount",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("window", models.PositiveBigIntegerField()),
                ("count", models.PositiveIntegerField()),
            ],
            options={"indexes": [models.Index(fields=["window"], name="expired_counts")]},
        ),
    ]
