"""Addresses of a learner's weeks: neutral words and numbers, never anything typed."""

from django.urls import path

from practices import week_views

app_name = "week"

urlpatterns = [
    path("", week_views.today, name="today"),
    path("begin/<int:number>/", week_views.begin, name="begin"),
    path("<uuid:week>/", week_views.overview, name="overview"),
    path("<uuid:week>/<int:number>/", week_views.day, name="day"),
    path("<uuid:week>/across/", week_views.across, name="across"),
    path("<uuid:week>/pause/", week_views.pause, name="pause"),
    path("<uuid:week>/go-on/", week_views.go_on, name="go-on"),
    path("<uuid:week>/end/", week_views.end, name="end"),
    path("<uuid:week>/seven-days.ics", week_views.calendar_file, name="calendar-file"),
]
