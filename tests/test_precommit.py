"""The hook in the real pre-commit: passes on clean rows, stops a commit of broken ones, and says why."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("pre_commit", reason="pre-commit is not installed")
pytestmark = [
    pytest.mark.network,  # pip installs the hook and its dependencies
    pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed"),
]

CHECKOUT = Path(__file__).parent.parent
PACKAGED = ["ftprep", "sample_data", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"]
GOOD = b'{"messages": [{"role": "user", "content": "Rope or chain?"}, {"role": "assistant", "content": "Chain."}]}\n'
BLANK = b'{"messages": [{"role": "user", "content": "Oar or sail?"}, {"role": "assistant", "content": ""}]}\n'
CUT = b'{"messages": [{"role": "user", "content": "Which mast'

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=ftprep", "-c", "user.email=ftprep@example.com", "-c", "commit.gpgsign=false"]
    command = ["git", *identity, *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture(scope="module")
def hook(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A repository that holds the project as it stands on disk, committed or not, and its commit."""
    folder = tmp_path_factory.mktemp("hook")
    for name in PACKAGED:
        source = CHECKOUT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--no-verify", "--message", "hook")
    return folder, git(folder, "rev-parse", "HEAD")


@pytest.fixture
def run(hook: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Run:
    """Stage some files in a new repository and run pre-commit there."""
    repository, commit = hook
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PRE_COMMIT"))},
        "PRE_COMMIT_HOME": str(tmp_path_factory.getbasetemp() / "pre-commit-home"),  # installed once for all tests
        "PRE_COMMIT_COLOR": "never",
    }

    def run(files: dict[str, bytes], hook: str = "ftprep-lint") -> subprocess.CompletedProcess[str]:
        config = f"repos:\n- repo: {repository}\n  rev: {commit}\n  hooks:\n  - id: {hook}\n"
        (tmp_path / ".pre-commit-config.yaml").write_text(config)
        for name, data in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(data)
        git(tmp_path, "init", "--quiet")
        git(tmp_path, "add", "--all")
        command = [sys.executable, "-m", "pre_commit", "run"]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)

    return run


def test_clean_rows_pass(run: Run) -> None:
    done = run({"data/chat.jsonl": GOOD, "data/more.ndjson": GOOD.replace(b"Chain", b"Rope")})
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Passed" in done.stdout


def test_broken_rows_stop_the_commit(run: Run) -> None:
    done = run({"data/chat.jsonl": GOOD + BLANK + CUT, "notes.txt": b"no rows"})
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Failed" in done.stdout
    assert "- exit code: 1" in done.stdout
    assert "data/chat.jsonl:2" in done.stdout
    assert "CHT003" in done.stdout
    assert "data/chat.jsonl:3" in done.stdout
    assert "JSN001" in done.stdout
    assert "Traceback" not in done.stdout


def test_other_files_are_not_its_business(run: Run) -> None:
    done = run({"package.json": b"{]", "notes.txt": CUT})
    assert done.returncode == 0, done.stdout + done.stderr
    assert "(no files to check)Skipped" in done.stdout


def test_excluded_files_stay_excluded_when_named(run: Run) -> None:
    done = run({"vendor/chat.jsonl": CUT, "ftprep.toml": b'exclude = ["vendor/*"]\n'})
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Passed" in done.stdout


def test_the_other_hook_fixes_what_is_safe_to_fix(run: Run, tmp_path: Path) -> None:
    human = GOOD.replace(b'"user"', b'"human"')
    done = run({"data/chat.jsonl": GOOD + b"\n" + human, "data/good.jsonl": GOOD}, "ftprep-fix")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "files were modified by this hook" in done.stdout
    assert "fixed 2 findings in 2 rows (JSN005 1, SCH004 1)" in done.stdout
    assert (tmp_path / "data/chat.jsonl").read_bytes() == GOOD + GOOD
    again = run({}, "ftprep-fix")
    assert again.returncode == 0, again.stdout + again.stderr
    assert "Passed" in again.stdout
