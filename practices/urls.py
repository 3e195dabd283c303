"""Addresses of the practices: neutral words and numbers, never anything typed."""

from django.urls import path

from practices import views

app_name = "practices"

urlpatterns = [
    path("go-on/<uuid:entry_id>/", views.go_on, name="go-on"),
    path("<slug:practice>/", views.opening, name="opening"),
    path("<slug:practice>/worksheet/", views.worksheet, name="worksheet"),
    path("<slug:practice>/<int:number>/", views.step, name="step"),
    path("<slug:practice>/closing/", views.step, name="closing"),
    path("<slug:practice>/<int:number>/hard/", views.hard, name="hard"),
    path("<slug:practice>/closing/hard/", views.hard, name="closing-hard"),
    path("<slug:practice>/read-back/", views.read_back, name="read-back"),
    path("<slug:practice>/keep/", views.keep, name="keep"),
    path("<slug:practice>/keep/now/", views.keep_now, name="keep-now"),
    path("<slug:practice>/let-go/", views.let_go, name="let-go"),
    path("<slug:practice>/done/", views.done, name="done"),
    path("<slug:practice>/look-back/", views.look_back, name="look-back"),
]
