"""What is read from where."""

from django.urls import path

from milepost.web.sources import (
    bell_views,
    connect_views,
    disconnect_views,
    inbound_views,
    read_views,
    syncs_views,
    views,
)
from milepost.web.sources.files import views as file_views

urlpatterns = [
    path("setup/sources", views.sources, name="sources"),
    path("setup/sources/inbound", inbound_views.new, name="source-inbound-new"),
    path("setup/sources/<int:number>/inbound", inbound_views.inbound, name="source-inbound"),
    path("setup/sources/<int:number>/notify", bell_views.bell, name="source-bell"),
    path("setup/sources/connect/<slug:make>", connect_views.connect, name="source-connect"),
    path("setup/sources/files", file_views.upload, name="source-files"),
    path("setup/sources/files/match", file_views.match, name="source-match"),
    path("setup/sources/files/rejects", file_views.rejects, name="source-rejects"),
    path("setup/sources/<int:number>/file", file_views.newer, name="source-newer-file"),
    path("setup/sources/<int:number>/mapping", file_views.mapping, name="source-mapping"),
    path("setup/sources/<int:number>", connect_views.change, name="source-change"),
    path("setup/sources/<int:number>/read", read_views.read, name="source-read"),
    path("setup/sources/<int:number>/syncs", syncs_views.syncs, name="source-syncs"),
    path("setup/sources/<int:number>/disconnect", disconnect_views.disconnect, name="source-disconnect"),
]
