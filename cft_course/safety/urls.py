from django.urls import path

from cft_course.safety import views

app_name = "safety"
urlpatterns = [
    path("help/", views.help_now, name="help"),
    path("help/<slug:code>/", views.country, name="country"),
    path("disclaimer/", views.disclaimer, name="disclaimer"),
]
