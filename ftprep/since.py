"""What changed since a git revision, row by row: a dataset that was appended to shows its new rows only."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ftprep.errors import InputError, UsageError
from ftprep.fingerprint import raw_digest
from ftprep.io.discover import open_path
from ftprep.io.file import FileSource
from ftprep.record import Ref
from ftprep.text.snippet import quote

if TYPE_CHECKING:
    from ftprep.finding import Finding
    from ftprep.inputs import Input
    from ftprep.io.source import Source

_LFS = b"version https://git-lfs"


@dataclass(frozen=True, slots=True)
class Changes:
    """Rows that the revision ``name`` does not have, and the files (by number) that are not the same as in it."""

    name: str
    rows: frozenset[Ref]
    files: frozenset[int]

    def hides(self, finding: Finding) -> bool:
        """Whether a finding is about rows that did not change, or a file of which nothing did.

        A row that did not change may have a new partner: the row of another split that it repeats, or the row that
        contradicts it.
        """
        ref = finding.ref
        changed = ref in self.rows if ref.line else ref.file in self.files
        return not changed and self.rows.isdisjoint(finding.related)


def changes_since(revision: str, inputs: Iterable[Input]) -> Changes:
    """Compare every input with what the git revision has in its place.

    A row is known as often as the revision's file has its content, in whatever order. A file that the revision does
    not have is new from end to end. Raises ``UsageError`` for an unknown revision, and where an input is no file in
    a git repository.
    """
    rows: set[Ref] = set()
    files: set[int] = set()
    for one in inputs:
        source = one.source
        if not isinstance(source, FileSource) or not _is_itself(source):
            raise UsageError(f"--since compares files with git, and {quote(source.name, 80)} is none")
        old = _at(revision, Path(source.path), source.name)
        if old is not None and old == Path(source.path).read_bytes():
            continue
        files.add(source.index)
        known = Counter[int]() if old is None else _digests(old, Path(source.path).name)
        for chunk in source.chunks():
            refs = zip(chunk.lines.tolist(), chunk.offsets.tolist(), strict=True)
            for (line, offset), raw in zip(refs, chunk.rows(), strict=True):
                digest = raw_digest(raw)
                if known[digest] > 0:
                    known[digest] -= 1
                else:
                    rows.add(Ref(source.index, line, offset))
    return Changes(revision, frozenset(rows), frozenset(files))


def _is_itself(source: FileSource) -> bool:
    """Whether what is read is the named file, and no copy of what came through a pipe."""
    try:
        return os.path.samefile(source.path, source.name)
    except OSError:
        return False


def _at(revision: str, path: Path, name: str) -> bytes | None:
    """The bytes of a file in a revision; None where the revision does not have it."""
    folder = os.path.dirname(os.path.abspath(path))
    inside = _git(folder, "rev-parse", "--is-inside-work-tree")
    if inside is None or inside.strip() != b"true":
        raise UsageError(f"--since compares files with git, and {quote(name, 80)} is in no git repository")
    commit = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if commit is None:
        raise UsageError(
            f"--since: there is no git revision {quote(revision, 80)} in the repository of {quote(name, 80)}"
        )
    place = f"{commit.decode().strip()}:./{os.path.basename(path)}"
    if _git(folder, "cat-file", "-e", place) is None:
        return None
    data = _git(folder, "cat-file", "blob", place)
    if data is None:
        raise UsageError(f"--since: git cannot read {quote(name, 80)} at {quote(revision, 80)}")
    if data.startswith(_LFS):
        raise UsageError(
            f"--since: {quote(name, 80)} is kept in Git LFS, and {quote(revision, 80)} has a pointer to it only"
        )
    return data


def _git(folder: str, *arguments: str) -> bytes | None:
    """What git prints; None where it fails."""
    # Nothing is fetched for a clone that leaves out files until they are asked for.
    environment = {**os.environ, "GIT_NO_LAZY_FETCH": "1", "GIT_OPTIONAL_LOCKS": "0"}
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, env=environment, capture_output=True)
    except OSError:
        raise UsageError("--since needs the program git, which cannot be started") from None
    return done.stdout if done.returncode == 0 else None


def _digests(data: bytes, name: str) -> Counter[int]:
    """How often each row stands in a file of these bytes; ``name`` tells its kind by its suffix."""
    counts: Counter[int] = Counter()
    with tempfile.TemporaryDirectory(prefix="ftprep-") as folder:
        path = Path(folder, name)
        path.write_bytes(data)
        try:
            source: Source = open_path(path, 0, name=name)
        except InputError:  # it was no data then
            return counts
        try:
            for chunk in source.chunks():
                counts.update(map(raw_digest, chunk.rows()))
        finally:
            source.close()
    return counts
