from django.urls import path

from milepost.web.notifications import channels, digests, inbox, preferences, unsubscribe

urlpatterns = [
    path("inbox", inbox.inbox, name="inbox"),
    path("inbox/read", inbox.read_all, name="read-all"),
    path("inbox/<int:notice>", inbox.open_notice, name="open-notice"),
    path("inbox/preferences", preferences.preferences, name="preferences"),
    path("digests", digests.digests, name="digests"),
    path("digests/preview", digests.preview, name="digest-preview"),
    path("digests/<str:monday>", digests.digest, name="digest"),
    path("unsubscribe/<str:token>", unsubscribe.unsubscribe, name="unsubscribe"),
    path("setup/channels", channels.channels, name="channels"),
    path("setup/channels/new", channels.new, name="new-channel"),
    path("setup/channels/<int:hook>", channels.channel, name="channel"),
    path("setup/channels/<int:hook>/test", channels.test, name="test-channel"),
    path("setup/channels/<int:hook>/switch", channels.switch, name="switch-channel"),
]
