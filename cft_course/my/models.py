"""What a learner has read, because they said so."""

from django.conf import settings
from django.db import models

from lessons.models import Module


class Reading(models.Model):
    """A learner marked a module as read. Nothing marks it by itself."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    module = models.ForeignKey(Module, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "module"], name="a_module_is_marked_once")]

    def __str__(self):
        # Never whose: this text reaches logs and error pages.
        return f"Read on {self.day}"
