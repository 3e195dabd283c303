"""A learner's own page of the course."""

from django.urls import path

from cft_course.my import views

app_name = "my"

urlpatterns = [
    path("", views.course, name="course"),
    path("read/<int:number>/", views.read, name="read"),
    path("unread/<int:number>/", views.unread, name="unread"),
]
