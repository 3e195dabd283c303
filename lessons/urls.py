from django.urls import path

from lessons import feeds, views
from lessons.publishing import public_page

app_name = "lessons"
urlpatterns = [
    path("modules/<int:number>/", views.module_by_number, name="module-by-number"),
    path("modules/<slug:slug>/", views.module, name="module"),
    path("questions/", views.questions, name="questions"),
    path("search/", views.find, name="search"),
    path("feed.xml", public_page(feeds.ModuleFeed()), name="feed"),
]
