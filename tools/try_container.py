"""Goes through deploy/Containerfile without a container, as far as that is possible: `make try-container`.

Each COPY and RUN of the build stage is done in a scratch folder in the place of the root of the file system, with the
Python of this machine. Then what was built is started by ENTRYPOINT and CMD, asked by HEALTHCHECK, and stopped by
STOPSIGNAL. Not done: pulling the images, installing packages of Debian, the user and the rights of the final stage.
"""

import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
FILE: Final = ROOT / "deploy/Containerfile"
PATIENCE: Final = 120
FOLDERS: Final = ("/src", "/build", "/milepost", "/wheel", "/data")

Step = tuple[str, str]


def steps(text: str) -> Iterator[Step]:
    """The instructions of a Containerfile and what stands behind each, in order."""
    lines = (line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#"))
    for whole in "\n".join(lines).replace("\\\n", "").splitlines():
        word, _, rest = whole.strip().partition(" ")
        yield word, " ".join(rest.split())


def stages(found: Iterator[Step]) -> list[list[Step]]:
    """The instructions by stage."""
    told: list[list[Step]] = []
    for word, rest in found:
        if word == "FROM":
            told.append([])
        told[-1].append((word, rest))
    return told


class Scratch:
    """A folder that stands for the root of the container."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.environment = {**os.environ, "PATH": f"{root}/milepost/bin:{os.environ['PATH']}"}

    def here(self, text: str) -> str:
        """The same, with the folders of the container in the scratch folder."""
        for folder in FOLDERS:
            text = text.replace(f" {folder}", f" {self.root}{folder}").replace(f"={folder}", f"={self.root}{folder}")
        return text

    def do(self, word: str, rest: str) -> None:
        """One instruction of the build stage."""
        print(f"{word} {rest}", flush=True)
        if word == "COPY":
            *sources, target = rest.split()
            for source in sources:
                self._copy(ROOT / source, self.root / "src" / target, into=target.endswith("/") or len(sources) > 1)
        elif word == "ENV":
            self.environment |= dict(part.split("=", 1) for part in shlex.split(self.here(f" {rest}")))
        elif word == "RUN":
            command = self.here(f" {rest}").replace("python -m venv", f"{sys.executable} -m venv")
            subprocess.run(["/bin/sh", "-ec", command], cwd=self.root / "src", env=self.environment, check=True)

    @staticmethod
    def _copy(source: Path, target: Path, *, into: bool) -> None:
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
            return
        place = target / source.name if into else target
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, place)


def run(scratch: Scratch, final: dict[str, str]) -> None:
    """Start what was built, wait until it is healthy, stop it."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = str(probe.getsockname()[1])
    command = [part.replace("8000", port) for part in (*json.loads(final["ENTRYPOINT"]), *json.loads(final["CMD"]))]
    check = json.loads(final["HEALTHCHECK"].partition("CMD ")[2].replace("8000", port))
    print("run", *command, flush=True)
    (scratch.root / "data").mkdir()
    process = subprocess.Popen(command, env=scratch.environment, cwd=scratch.root / "data")
    try:
        tries = 0
        while subprocess.run(check, env=scratch.environment, capture_output=True, check=False).returncode:
            tries += 1
            if process.poll() is not None or tries > PATIENCE:
                sys.exit("It does not become healthy.")
        print("healthy", flush=True)
        process.send_signal(signal.Signals[final["STOPSIGNAL"]])
        print(f"stopped with {process.wait(PATIENCE)}", flush=True)
    finally:
        process.kill()


def main() -> None:
    """The build stage, then the program."""
    build, last = stages(steps(FILE.read_text(encoding="utf-8")))
    with tempfile.TemporaryDirectory(prefix="milepost-container-") as folder:
        scratch = Scratch(Path(folder))
        (scratch.root / "src").mkdir()
        for word, rest in build:
            scratch.do(word, rest)
        final = dict(last)
        scratch.do("ENV", final["ENV"].replace("PATH=/milepost/bin:$PATH ", ""))
        run(scratch, final)


if __name__ == "__main__":
    main()
