"""Lets Milepost read the tickets of a django-helpdesk: what happened to them and when, neither texts nor customers.

Put this file beside the `urls.py` of your project, and into its urlpatterns
`path("milepost/", include("yourproject.milepost_reading"))`. INSTALLED_APPS needs `rest_framework.authtoken`. It
answers users with a token and the permission to view tickets, and changes nothing.
"""

# ruff: noqa: INP001 - it goes into a package of its reader

import re
from collections import defaultdict
from datetime import timedelta
from functools import cache

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, F, Max, OuterRef, Q
from django.urls import path
from django.utils import translation
from django.utils.dateparse import parse_datetime
from helpdesk.models import FollowUp, Queue, Ticket
from rest_framework.authentication import TokenAuthentication
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import BasePermission
from rest_framework.response import Response
from rest_framework.views import APIView

PAGE = 100
# The follow-up with which a ticket is opened is written within this time.
OPENING = timedelta(minutes=1)
# What a query may ask for, and the filter that it is.
FILTERS = {
    "created_from": ("created__gte", parse_datetime),
    "changed_from": ("modified__gte", parse_datetime),
    "above": ("id__gt", int),
    "below": ("id__lt", int),
    "ids": ("id__in", lambda text: [int(one) for one in text.split(",")]),
}
# The names of changed fields are kept in the language of whoever changed them.
FIELDS = {"holder": "Owner", "queue": "Queue", "priority": "Priority", "on_hold": "On Hold"}


class MayView(BasePermission):
    """Whoever may view tickets, wherever in the project that was granted."""

    def has_permission(self, request, view):  # noqa: ARG002 - as the framework calls it
        return request.user.has_perm("helpdesk.view_ticket")


class Reading(APIView):
    """Answers GET alone."""

    authentication_classes = (TokenAuthentication,)
    permission_classes = (MayView,)
    http_method_names = ("get",)


class Desk(Reading):
    """Who asks, and the names of all that tickets tell by number."""

    def get(self, request):
        user = request.user
        return Response(
            {
                "may_write": user.is_staff or user.is_superuser or user.has_perm("helpdesk.change_ticket"),
                "opens_as": Ticket.OPEN_STATUS,
                "open": list(Ticket.OPEN_STATUSES),
                "statuses": english(Ticket.STATUS_CHOICES),
                "priorities": english(Ticket.PRIORITY_CHOICES),
                "queues": {str(queue.pk): queue.title for queue in Queue.objects.all()},
                "agents": [agent(one) for one in agents().prefetch_related("groups")],
                **Ticket.objects.aggregate(newest=Max("id"), changed=Max("modified")),
            }
        )


class Tickets(Reading):
    """A page of tickets with all that happened to them, the newest first unless they are asked for above a number."""

    def get(self, request):
        if unknown := set(request.query_params) - set(FILTERS):
            raise ValidationError(dict.fromkeys(unknown, "Not known here."))
        found = Ticket.objects.filter(**wanted(request.query_params))
        order = "id" if "above" in request.query_params else "-id"
        rows = list(found.order_by(order)[:PAGE])
        told = follow_ups({row.pk for row in rows} | {row.merged_to_id for row in rows})
        total = found.aggregate(total=Count("id"))["total"]
        return Response({"total": total, "tickets": [ticket(row, told[row.pk]) for row in rows]})


def wanted(asked):
    """The filters of a query; refuses what cannot be read."""
    try:
        filters = {FILTERS[name][0]: FILTERS[name][1](text) for name, text in asked.items()}
    except ValueError as error:
        raise ValidationError(str(error)) from error
    if None in filters.values():
        raise ValidationError("A moment is written as 2026-11-30T12:00:00Z.")
    return filters


def english(choices):
    """Choices by number, in the language in which they are mapped."""
    with translation.override("en"):
        return {str(number): str(name) for number, name in choices}


def agents():
    """Who works tickets, or did."""
    held = Exists(Ticket.objects.filter(assigned_to=OuterRef("pk")))
    wrote = Exists(FollowUp.objects.filter(user=OuterRef("pk"), date__gt=F("ticket__created") + OPENING))
    return get_user_model().objects.filter(Q(is_staff=True) | held | wrote)


def agent(user):
    name = user.get_full_name() or user.get_username()
    groups = sorted(group.name for group in user.groups.all())
    return {
        "id": user.pk,
        "name": name,
        "email": user.email,
        "active": user.is_active and user.is_staff,
        "groups": groups,
    }


def ticket(row, told):
    return {
        "id": row.pk,
        "created": row.created,
        "modified": row.modified,
        "queue": row.queue_id,
        "holder": row.assigned_to_id,
        "status": row.status,
        "on_hold": row.on_hold,
        "priority": row.priority,
        "merged_to": row.merged_to_id,
        "follow_ups": told,
    }


def follow_ups(tickets):
    """What happened, by the ticket to which it happened: a merge moves it all to the ticket that stays."""
    numbers = {str(user): user.pk for user in agents()}
    said = ExpressionWrapper(Q(comment__gt=""), output_field=BooleanField())
    rows = FollowUp.objects.filter(ticket__in=tickets - {None}).annotate(said=said).defer("comment")
    told = defaultdict(list)
    for row in rows.prefetch_related("ticketchange_set").order_by("date", "id"):
        title = row.title or ""
        merged = match("[Merged from #%(id)d] %(title)s", title)
        told[int(merged["id"]) if merged else row.ticket_id].append(follow_up(row, title, numbers))
    return told


def follow_up(row, title, numbers):
    return {
        "id": row.pk,
        "date": row.date,
        "user": row.user_id,
        "system": row.user_id is None and bool(match("Ticket Escalated", title)),
        "said": bool(row.said),
        "public": row.public,
        "status": row.new_status,
        "changes": bulk(title, numbers) | dict(changes(row, numbers)),
    }


def changes(row, numbers):
    """Each changed field with what stood there before and after."""
    for change in row.ticketchange_set.all():
        for name, field in FIELDS.items():
            if match(field, change.field):
                values = (change.old_value, change.new_value)
                yield name, [holder(one, numbers) for one in values] if name == "holder" else list(values)


def holder(name, numbers):
    """The number of whoever is named; 0 is nobody, -1 is somebody who is called otherwise now."""
    return 0 if not name or match("Unassigned", name) else numbers.get(name, -1)


def bulk(title, numbers):
    """Assigning many tickets at once leaves a title alone."""
    if match("Unassigned in bulk update", title):
        return {"holder": [None, 0]}
    found = match("Assigned to {username} in bulk update", title)
    return {"holder": [None, numbers.get(found["username"], -1)]} if found else {}


def match(text, told):
    """Whether this is the text in one of the languages of the project, and what stands in its places."""
    return next((found for pattern in patterns(text) if (found := pattern.fullmatch(told))), None)


@cache
def patterns(text):
    written = {text}
    for language, _ in settings.LANGUAGES:
        with translation.override(language):
            written.add(translation.gettext(text))
    return [pattern(one) for one in written]


def pattern(text):
    parts = re.split(r"%\((\w+)\)[sd]|\{(\w+)\}", text)
    named = [(part and f"(?P<{part}>.*)") if index % 3 else re.escape(part) for index, part in enumerate(parts)]
    return re.compile("".join(filter(None, named)), re.DOTALL)


urlpatterns = [path("", Desk.as_view()), path("tickets", Tickets.as_view())]
