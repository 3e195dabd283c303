"""Addresses for taking along, bringing in and deleting everything that is one's own."""

from django.urls import path

from cft_course.accounts.keepsakes import views

urlpatterns = [
    path("export/", views.export, name="export"),
    path("export/<slug:way>/", views.download, name="download"),
    path("import/", views.bring, name="import"),
    path("delete-words/", views.delete_words, name="delete_words"),
    path("delete/", views.delete_account, name="account_delete"),
]
