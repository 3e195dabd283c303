"""Addresses of the private journal. None of them ever holds anything typed."""

from django.urls import path

from journal import calendar_views, views

app_name = "journal"

urlpatterns = [
    path("", views.home, name="home"),
    path("cover/", views.cover, name="cover"),
    path("search/", views.find, name="search"),
    path("write/", views.new, name="new"),
    path("calendar/", calendar_views.this_month, name="calendar"),
    path("calendar/<int:year>/", calendar_views.year, name="year"),
    path("calendar/<int:year>/<int:month>/", calendar_views.month, name="month"),
    path("module/<int:number>/", calendar_views.read_through, name="read-through"),
    path("<uuid:entry_id>/", views.entry, name="entry"),
    path("<uuid:entry_id>/write/", views.change, name="change"),
    path("<uuid:entry_id>/let-changes-go/", views.let_changes_go, name="let-changes-go"),
    path("<uuid:entry_id>/delete/", views.delete, name="delete"),
]
