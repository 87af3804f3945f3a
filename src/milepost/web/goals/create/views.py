"""The steps of making a goal. Every step saves before it moves on; what is wrong is told where it can be mended."""

from dataclasses import dataclass, replace
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from milepost.account.queries import the_account
from milepost.base import clock
from milepost.base.errors import NotAllowed, NotFound, Refused
from milepost.base.marks import gettext_noop
from milepost.goals import drafts
from milepost.goals.goal_templates import TEMPLATES
from milepost.goals.models import Draft, Goal
from milepost.goals.visibility import reach
from milepost.people.roles import Capability, Scope
from milepost.web.errors import sentence
from milepost.web.goals.create import builder, notices_step, publishing, steps, targets_step, template_step
from milepost.web.goals.create import details as details_step
from milepost.web.goals.create.desk import Desk
from milepost.web.goals.create.plan import Plan
from milepost.web.goals.create.steps import Step
from milepost.web.goals.grid_page import GridPage
from milepost.web.people.signed_in import signed_in

READ = require_http_methods(["GET", "POST"])
# What the targets step can still show: the days, the measure and who contributes must be right before.
NEEDED = {"days", "measure", "contributors"}


@dataclass(frozen=True)
class Work:
    """A draft in the hands of its user."""

    draft: Draft
    plan: Plan
    desk: Desk

    def save(self, plan: Plan) -> None:
        """Keep the plan."""
        drafts.save(self.draft, plan.to_json(), now=self.desk.now)


@READ
def begin(request: HttpRequest) -> HttpResponse:
    """Choose a template, with which a draft begins."""
    desk = _desk(request)
    chosen = TEMPLATES.get(request.POST.get("template", ""))
    if "scratch" in request.POST:
        plan = Plan.new(template="", name="", desk=desk)
        draft = drafts.start(plan.to_json(), user=desk.user, now=desk.now)
        return redirect("create-goal-measure", draft.key)
    if chosen is not None:
        plan = Plan.new(template=chosen.key, name=_(chosen.name), desk=desk)
        draft = drafts.start(plan.to_json(), user=desk.user, now=desk.now)
        return redirect(steps.address(Step.DETAILS, draft.key))
    return _template_page(request, desk, None, chosen="")


@READ
def template(request: HttpRequest, key: UUID) -> HttpResponse:
    """Choose another template; the rest of the plan stays."""
    work = _work(request, key)
    chosen = request.POST.get("template", "")
    if "scratch" in request.POST:
        return redirect("create-goal-measure", key)
    if chosen in TEMPLATES:
        work.save(work.plan.with_template(chosen, work.desk))
        return redirect(steps.address(Step.DETAILS, key))
    return _template_page(request, work.desk, work.draft, chosen=work.plan.template)


@READ
def measure(request: HttpRequest, key: UUID) -> HttpResponse:
    """Build a measure from scratch."""
    work = _work(request, key)
    plan = work.plan
    if request.method == "POST":
        plan = builder.read(plan, request.POST, work.desk)
        work.save(plan)
        if _leaves(request):
            return redirect("goals")
        if "next" in request.POST and plan.measure:
            return redirect(steps.address(Step.DETAILS, key))
    page = builder.BuilderPage(plan, work.desk, checked="next" in request.POST)
    context = {
        "frame": steps.frame(Step.TEMPLATE, work.draft, name=plan.name, zone=work.desk.zone),
        "page": page,
        "template_address": steps.address(Step.TEMPLATE, key),
    }
    return render(request, "goals/create/measure.html", context)


@READ
def details(request: HttpRequest, key: UUID) -> HttpResponse:
    """Name, contributors, duration and the rest."""
    work = _found(request, key)
    if isinstance(work, HttpResponse):
        return work
    if not work.plan.measure:
        return redirect("create-goal-measure", key)
    plan, mistakes = work.plan, {}
    if request.method == "POST":
        plan = details_step.read(plan, request.POST)
        work.save(plan)
        if _leaves(request):
            return redirect("goals")
        if "next" in request.POST:
            mistakes = publishing.mistakes(plan, work.desk, key)
            if not mistakes:
                return redirect(steps.address(Step.TARGETS, key))
    elif "check" in request.GET:
        mistakes = publishing.mistakes(plan, work.desk, key)
    page = details_step.DetailsPage(plan, work.draft, work.desk, mistakes)
    return _step(request, work, Step.DETAILS, {"page": page}, name=plan.name)


@READ
def targets(request: HttpRequest, key: UUID) -> HttpResponse:
    """The grid."""
    work = _found(request, key)
    if isinstance(work, HttpResponse):
        return work
    if publishing.mistakes(work.plan, work.desk, key).keys() & NEEDED:
        return redirect(f"{steps.address(Step.DETAILS, key)}?check")
    shown = targets_step.grid(work.plan, work.desk)
    if request.method == "POST":
        plan, shown = targets_step.read(work.plan, shown, work.desk, request.POST)
        work.save(plan)
        if "back" in request.POST:
            return redirect(steps.address(Step.DETAILS, key))
        if not shown.mistakes and "next" in request.POST:
            return redirect(steps.address(Step.NOTIFICATIONS, key))
        if not shown.mistakes and _leaves(request):
            return redirect("goals")
    grid = GridPage(shown, _("Targets of each contributor in each period"))
    context = {"grid": grid, "page": details_step.DetailsPage(work.plan, work.draft, work.desk, {})}
    return _step(request, work, Step.TARGETS, context, name=work.plan.name)


@READ
def notifications(request: HttpRequest, key: UUID) -> HttpResponse:
    """Who is told what, and publishing."""
    work = _found(request, key)
    if isinstance(work, HttpResponse):
        return work
    if publishing.mistakes(work.plan, work.desk, key):
        return redirect(f"{steps.address(Step.DETAILS, key)}?check")
    if request.method == "POST":
        work = replace(work, plan=notices_step.read(work.plan, request.POST))
        work.save(work.plan)
        if "back" in request.POST:
            return redirect(steps.address(Step.TARGETS, key))
        if _leaves(request):
            return redirect("goals")
        if "publish" in request.POST:
            return _publish(request, work)
    page = notices_step.NoticesPage(work.plan, work.desk)
    return _step(request, work, Step.NOTIFICATIONS, {"page": page}, name=work.plan.name)


@require_POST
def discard(request: HttpRequest, key: UUID) -> HttpResponse:
    """Throw a draft away."""
    work = _work(request, key)
    work.draft.delete()
    messages.success(request, _("The draft is discarded."))
    return redirect("goals")


def _publish(request: HttpRequest, work: Work) -> HttpResponse:
    try:
        goal = publishing.publish(work.draft, work.plan, work.desk)
    except Refused as refused:
        messages.error(request, sentence(refused))
        return redirect(f"{steps.address(Step.DETAILS, work.draft.key)}?check")
    messages.success(request, _("%(goal)s is published.") % {"goal": goal.name})
    return redirect("goal", goal.pk)


def _template_page(request: HttpRequest, desk: Desk, draft: Draft | None, *, chosen: str) -> HttpResponse:
    context = {
        "frame": steps.frame(Step.TEMPLATE, draft, name="", zone=desk.zone),
        "categories": template_step.categories(desk),
        "chosen": chosen,
        "drafts": [] if draft else template_step.kept(desk),
    }
    return render(request, "goals/create/template.html", context)


def _step(request: HttpRequest, work: Work, step: Step, context: dict[str, object], *, name: str) -> HttpResponse:
    frame = steps.frame(step, work.draft, name=name, zone=work.desk.zone)
    return render(request, f"goals/create/{step.value}.html", {"frame": frame, "draft": work.draft} | context)


def _found(request: HttpRequest, key: UUID) -> Work | HttpResponse:
    """The draft; where it was published already, the way to its goal."""
    try:
        return _work(request, key)
    except NotFound:
        user, now = signed_in(request), clock.now()
        for goal in Goal.objects.visible_to(user, now=now).filter(form_key=key, created_by=user):
            return redirect("goal", goal.pk)
        raise


def _work(request: HttpRequest, key: UUID) -> Work:
    desk = _desk(request)
    draft = drafts.find(key, user=desk.user)
    return Work(draft, Plan.from_json(draft.data), desk)


def _desk(request: HttpRequest) -> Desk:
    user = signed_in(request)
    if reach(user, Capability.CREATE_GOALS) is Scope.NONE:
        raise NotAllowed(gettext_noop("You can see goals but not create them."))
    return Desk(user, the_account(), clock.now())


def _leaves(request: HttpRequest) -> bool:
    """Whether the draft is saved to be finished another time; a script that saves while one types stays."""
    return "save" in request.POST
