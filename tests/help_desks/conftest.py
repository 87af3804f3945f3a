"""Real help desks on loopback, each with a data folder of its own, gone after the tests."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest

SERVER: Final = Path("/usr/share/request-tracker5/libexec/rt-server")
EMPTY: Final = Path("/var/lib/dbconfig-common/sqlite3/request-tracker5/rtdb")
REDMINE: Final = Path("/usr/share/redmine")
REDMINE_EMPTY: Final = Path("/var/lib/dbconfig-common/sqlite3/redmine/instances/default/redmine_default")
DJANGO_HELPDESK: Final = "django-helpdesk==2.6.1"
# The page to sign in wants the same in a cookie and with the form.
FORM_TOKEN: Final = "x" * 32
# What is put into its project, as the documentation offers it.
READING: Final = Path(__file__).parents[2] / "docs/guide/connect"
PATIENCE: Final = 120
SITE: Final = """
Set($rtname, 'localhost.test'); Set($Organization, 'localhost.test');
Set($DatabaseType, 'SQLite'); Set($DatabaseName, '{folder}/rtdb');
Set($WebPath, ''); Set($WebDomain, '127.0.0.1'); Set($WebPort, {port}); Set($WebBaseURL, 'http://127.0.0.1:{port}');
Set($MailCommand, 'testfile'); Set($LogToSyslog, undef); Set($LogToSTDERR, 'warning'); Set($Timezone, '{zone}');
Set($CorrespondAddress, 'rt@localhost.test'); Set($CommentAddress, 'rt-comment@localhost.test');
1;
"""


class RequestTracker:
    """A running Request Tracker, driven through its own interface as its users."""

    def __init__(self, port: int, tokens: dict[str, str]) -> None:
        self.port, self.tokens = port, tokens
        self.address = f"http://127.0.0.1:{port}"

    def does(self, who: str, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Somebody does something; what is refused fails the test."""
        answer = httpx2.request(
            method,
            f"{self.address}/REST/2.0{path}",
            auth=(who, "testpassword1"),
            json=body if method != "DELETE" else None,
            timeout=60,
        )
        assert answer.status_code < 300, (who, path, answer.status_code, answer.text)
        _pass_a_second(self.address)
        return answer.json() if answer.content else None

    def opens(self, subject: str) -> str:
        """The customer writes."""
        body = {"Queue": "Support", "Subject": subject, "Requestor": "carol", "Content": "help"}
        return str(self.does("carol", "POST", "/ticket", body)["id"])

    def says(self, who: str, ticket: str, kind: str = "correspond") -> None:
        """Somebody answers, or notes."""
        self.does(who, "POST", f"/ticket/{ticket}/{kind}", {"Content": "text", "ContentType": "text/plain"})

    def sets(self, who: str, ticket: str, **fields: str) -> None:
        """Somebody changes fields."""
        self.does(who, "PUT", f"/ticket/{ticket}", fields)


@pytest.fixture(scope="session")
def request_tracker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RequestTracker]:
    """Its zone is not that of Milepost, so that a moment asked in the wrong zone is found."""
    folder = tmp_path_factory.mktemp("request-tracker")
    shutil.copy(EMPTY, folder / "rtdb")
    (folder / "site.d").mkdir()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (folder / "site.pm").write_text(SITE.format(folder=folder, port=port, zone="America/New_York"))
    ours = {
        "RT_SITE_CONFIG": str(folder / "site.pm"),
        "RT_SITE_CONFIG_DIR": str(folder / "site.d"),
        "LC_ALL": "C.UTF-8",
    }
    environment = os.environ | ours
    script = Path(__file__).with_name("request_tracker.pl")
    made = subprocess.run(["/usr/bin/perl", script], env=environment, capture_output=True, text=True, check=True)
    tokens = dict(line.split() for line in made.stdout.splitlines())
    command = [str(SERVER), "--server", "Starlet", "--host", "127.0.0.1", "--port", str(port), "--max-workers", "2"]
    with _serving(command, f"http://127.0.0.1:{port}/REST/2.0/rt", environment, folder / "server.log"):
        yield RequestTracker(port, tokens)


class Redmine:
    """A running Redmine, driven through its REST interface as its users."""

    def __init__(self, port: int, keys: dict[str, str]) -> None:
        self.port, self.keys = port, keys
        self.address = f"http://127.0.0.1:{port}"

    def does(self, who: str, method: str, path: str, body: dict[str, Any] | None = None, **asked: str) -> Any:
        """Somebody does something; what is refused fails the test."""
        headers, address = {"X-Redmine-API-Key": self.keys[who]}, f"{self.address}{path}.json"
        answer = httpx2.request(method, address, params=asked, headers=headers, json=body, timeout=60)
        assert answer.status_code < 300, (who, path, answer.status_code, answer.text)
        _pass_a_second(self.address)
        return answer.json() if answer.content.strip() else None

    def opens(self, subject: str, *, by: str = "carol", project: str = "support") -> str:
        """Somebody writes to Support, or to another project."""
        issue = {"project_id": project, "tracker_id": 3, "subject": subject, "description": "help"}
        return str(self.does(by, "POST", "/issues", {"issue": issue})["issue"]["id"])

    def makes_project(self, name: str) -> str:
        """An administrator makes a project in which Celina works, Carol asks and Milepost reads; its name."""
        project = {"name": name, "identifier": name, "is_public": False, "tracker_ids": [3]}
        self.does("root", "POST", "/projects", {"project": project | {"enabled_module_names": ["issue_tracking"]}})
        roles = {one["name"]: one["id"] for one in self.does("root", "GET", "/roles")["roles"]}
        for who, role in (("celina", "Agent"), ("carol", "Reporter"), ("milepost", "Reader")):
            user = self.does(who, "GET", "/users/current")["user"]["id"]
            membership = {"user_id": user, "role_ids": [roles[role]]}
            self.does("root", "POST", f"/projects/{name}/memberships", {"membership": membership})
        return name

    def edits(self, ticket: str, **fields: Any) -> None:
        """An administrator edits the newest note of a ticket; without a text it goes."""
        shown = self.does("root", "GET", f"/issues/{ticket}", include="journals")
        newest = max(one["id"] for one in shown["issue"]["journals"])
        self.does("root", "PUT", f"/journals/{newest}", {"journal": fields})

    def sets(self, who: str, ticket: str, **fields: Any) -> None:
        """Somebody changes fields, or writes a note."""
        self.does(who, "PUT", f"/issues/{ticket}", {"issue": fields})

    def statuses(self) -> dict[str, int]:
        """The numbers of the statuses."""
        return {one["name"]: one["id"] for one in self.does("milepost", "GET", "/issue_statuses")["issue_statuses"]}


@pytest.fixture(scope="session")
def redmine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redmine]:
    """Its zone is not that of Milepost, and its Gemfile has the server that Debian's lacks."""
    folder = tmp_path_factory.mktemp("redmine")
    shutil.copy(REDMINE_EMPTY, folder / "database")
    (folder / "Gemfile").write_text(f'eval_gemfile "{REDMINE}/Gemfile"\ngem "puma"\n')
    ours = {
        "BUNDLE_GEMFILE": str(folder / "Gemfile"),
        "DATABASE_URL": f"sqlite3:{folder / 'database'}",
        "RAILS_ENV": "production",
        "RAILS_LOG_TO_STDOUT": "yes",
        "TZ": "America/New_York",
        "LC_ALL": "C.UTF-8",
    }
    environment, script = os.environ | ours, Path(__file__).with_name("redmine.rb")
    command = ["/usr/bin/ruby", "bin/rails", "runner", str(script)]
    made = subprocess.run(command, cwd=REDMINE, env=environment, capture_output=True, text=True, check=True)
    keys = dict(line.removeprefix("KEY ").split() for line in made.stdout.splitlines() if line.startswith("KEY "))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = ["/usr/bin/puma", "-e", "production", "-b", f"tcp://127.0.0.1:{port}", "--dir", str(REDMINE), "config.ru"]
    with _serving(server, f"http://127.0.0.1:{port}/users/current.json", environment, folder / "server.log"):
        yield Redmine(port, keys)


class DjangoHelpdesk:
    """A running django-helpdesk, driven through its own pages and interface as its users, and by mail."""

    def __init__(
        self, port: int, folder: Path, run: list[str], environment: dict[str, str], keys: dict[str, str]
    ) -> None:
        self.port, self.keys = port, keys
        self.address = f"http://127.0.0.1:{port}"
        self._folder, self._run, self._environment = folder, run, environment

    def does(self, who: str, path: str, language: str = "en", **form: Any) -> None:
        """Somebody sends a form; what is refused fails the test."""
        signing_in = {"username": who, "password": "testpassword1"}
        headers = {"Accept-Language": language, "X-CSRFToken": FORM_TOKEN, "Cookie": f"csrftoken={FORM_TOKEN}"}
        with httpx2.Client(base_url=self.address, timeout=60) as browser:
            browser.post("/accounts/login/", data=signing_in, headers=headers)
            assert browser.cookies.get("sessionid"), who
            answer = browser.post(path, data=form, headers={"Accept-Language": language})
        assert answer.status_code == 302, (who, path, answer.status_code, answer.text)
        _pass_a_second(self.address)

    def asks(self, who: str, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Somebody asks the REST interface."""
        signing_in = (who, "testpassword1")
        answer = httpx2.request(method, f"{self.address}/api{path}", auth=signing_in, json=body, timeout=60)
        assert answer.status_code < 300, (who, path, answer.status_code, answer.text)
        _pass_a_second(self.address)
        return answer.json() if answer.content else None

    def ticket(self, number: str) -> dict[str, Any]:
        """A ticket as the REST interface shows it."""
        answer = httpx2.get(f"{self.address}/api/tickets/{number}/", auth=("celina", "testpassword1"), timeout=60)
        return dict(answer.json())

    def writes(self, subject: str, *, ticket: str = "") -> str:
        """The customer sends a mail, which opens a ticket or goes to one; its number."""
        mail = EmailMessage()
        mail["From"], mail["To"] = "Carol <carol@example.org>", "support@example.org"
        mail["Subject"] = f"[support-{ticket}] {subject}" if ticket else subject
        mail.set_content("help")
        (self._folder / "support" / "mail").write_bytes(bytes(mail))
        subprocess.run([*self._run, "get_email", "--quiet"], env=self._environment, capture_output=True, check=True)
        _pass_a_second(self.address)
        return ticket or str(self.asks("celina", "GET", "/tickets/?page_size=1000")["results"][-1]["id"])

    def leaves(self, who: str) -> None:
        """Somebody is staff no more."""
        query = (
            f"from django.contrib.auth.models import User; User.objects.filter(username='{who}').update(is_staff=False)"
        )
        subprocess.run([*self._run, "shell", "-c", query], env=self._environment, capture_output=True, check=True)

    def updates(self, who: str, ticket: str, language: str = "en", **more: Any) -> None:
        """Somebody sends the form under a ticket, with what it shows and what is to be otherwise."""
        shown = self.ticket(ticket)
        form = {name: shown[name] for name in ("title", "queue", "priority", "submitter_email")}
        form |= {"new_status": shown["status"], "owner": shown["assigned_to"] or 0, "comment": ""}
        self.does(who, f"/tickets/{ticket}/update/", language, **form | more)


@pytest.fixture(scope="session")
def django_helpdesk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DjangoHelpdesk]:
    """From the package index, in an environment of its own. Its zone is not that of Milepost."""
    folder = tmp_path_factory.mktemp("django-helpdesk")
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    python = str(folder / "venv/bin/python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", DJANGO_HELPDESK], check=True)
    ours = {
        "DJANGO_SETTINGS_MODULE": "django_helpdesk_project",
        "HELPDESK_FOLDER": str(folder),
        "PYTHONPATH": os.pathsep.join(map(str, (Path(__file__).parent, READING))),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    environment, run = os.environ | ours, [python, "-m", "django"]
    subprocess.run([*run, "migrate", "--verbosity", "0"], env=environment, check=True)
    script = Path(__file__).with_name("django_helpdesk_project.py")
    made = subprocess.run([python, script], env=environment, capture_output=True, text=True, check=True)
    keys = dict(line.removeprefix("KEY ").split() for line in made.stdout.splitlines())
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = [*run, "runserver", "--noreload", "--insecure", f"127.0.0.1:{port}"]
    with _serving(server, f"http://127.0.0.1:{port}/milepost/", environment, folder / "server.log"):
        yield DjangoHelpdesk(port, folder, run, environment, keys)


@contextmanager
def _serving(command: list[str], address: str, environment: dict[str, str], log: Path) -> Iterator[None]:
    with log.open("w") as told, subprocess.Popen(command, env=environment, stdout=told, stderr=told) as server:
        try:
            _wait(address, server, log)
            yield
        finally:
            server.terminate()


def _pass_a_second(address: str) -> None:
    """Ask until the clock, also the server’s, shows another second: two acts of one would have no order there."""
    second = int(time.time())
    while int(time.time()) == second:
        httpx2.get(address, timeout=30)


def _wait(address: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.poll() is None:
        try:
            httpx2.get(address, timeout=30)
        except httpx2.TransportError:
            # It does not listen yet; should it end instead, that is known at once.
            with suppress(subprocess.TimeoutExpired):
                server.wait(timeout=0.5)
        else:
            return
    raise AssertionError(log.read_text())
