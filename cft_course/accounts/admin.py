"""Accounts are not edited in admin: no one there can set a password or hand out rights."""

from django.contrib import admin
from django.contrib.auth.models import Group

admin.site.unregister(Group)
