"""The verbs of ftprep. The command line is a shell over them."""

from __future__ import annotations

import functools
import os
import time
import weakref
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from ftprep.allowance import NO_ALLOWANCES, Allowance
from ftprep.engine.calibration import Candidates
from ftprep.engine.inspection import CRASH, Inspection, guarded, moved, seen_by, shifted, unique_crashes
from ftprep.engine.local import LocalEngine, no_cyclic_gc
from ftprep.engine.survey import Answer
from ftprep.engine.table import Table, TableBuilder
from ftprep.engine.wording import told_by_target
from ftprep.errors import InputError, UsageError
from ftprep.finding import Finding, Severity
from ftprep.inputs import Input, Tokens, open_input
from ftprep.job import Job, open_job
from ftprep.record import Ref
from ftprep.report import Report
from ftprep.rule import Needs, Rule
from ftprep.rules.own.unused_suppression import UnusedSuppression
from ftprep.selection import Selection, file_matches
from ftprep.settings import Settings
from ftprep.siblings import across_codes, codes_with_work, concerning, mark, read_siblings, tables_in_use
from ftprep.suppression import Suppressions

if TYPE_CHECKING:
    from ftprep.baseline import Baseline
    from ftprep.io.source import Source


def lint(
    data: Any,
    *,
    select: str | Iterable[str] | None = None,
    extend_select: str | Iterable[str] | None = None,
    ignore: str | Iterable[str] | None = None,
    per_file_ignores: Mapping[str, str | Iterable[str]] | None = None,
    severity: Mapping[str, str | Severity] | None = None,
    profile: str | None = None,
    format: str | None = None,
    target: str | None = None,
    model: str | None = None,
    tokenizer: str | os.PathLike[str] | None = None,
    max_tokens: int | None = None,
    response_format: str | os.PathLike[str] | None = None,
    against: str | os.PathLike[str] | Iterable[str | os.PathLike[str]] | None = None,
    against_production: str | os.PathLike[str] | Iterable[str | os.PathLike[str]] | None = None,
    pii_engine: str | None = None,
    ner_model: str | None = None,
    splits: Mapping[str, str | Iterable[str]] | None = None,
    fail_on: str | Severity | None = None,
    max_findings: str | Mapping[str, int | str] | Iterable[str] | None = None,
    baseline: str | os.PathLike[str] | Literal[False] | None = None,
    no_ignores: bool = False,
    since: str | None = None,
    jobs: int | Literal["auto"] = 1,
    rules: Mapping[str, Mapping[str, Any]] | None = None,
    config: str | os.PathLike[str] | Iterable[str | os.PathLike[str]] = (),
    isolated: bool = False,
    exclude: str | Iterable[str] = (),
    progress: bool = False,
) -> Report:
    """Check data and return what was found. Never prints and never exits.

    ``data`` is a path, a folder, a glob or a list of them; or rows: a list of dicts, an iterator of dicts, a pandas
    DataFrame or a Hugging Face Dataset. The other arguments are the options of ``ftprep lint`` and the keys of its
    configuration; rules may be given as "SCH,CHT" or as a list. Configuration files are looked for beside paths,
    unless ``isolated`` or ``config`` says otherwise; the environment is not read.

    Of a dataset that configuration names, files beside the given ones are read, too, for the splits to be compared.
    ``against_production`` are files of rows that the model meets at work, which the data should be like.

    ``splits`` says which paths are training, validation and test data, as {"train": "a.jsonl", "test": "b/*.jsonl"};
    without it configuration says so, or the names of the files.

    ``pii_engine`` "presidio-full" asks presidio's own recognizers on whole texts for personal data, slowly;
    ``ner_model`` is an installed spaCy or transformers model that finds names of people.

    ``baseline`` is a file of findings that are known and hidden; without it the one that configuration names, or
    ``.ftprep-baseline.json`` beside it, and with False none. ``max_findings`` says how much of which rule may be
    found, for example ``{"DUP002": "5%", "TXT001": 0}``. ``no_ignores`` shows what per-file ignores and rows hide.
    ``since`` is a git revision: only findings about rows that it does not have are shown.

    ``jobs`` is one process unless you say otherwise here, whatever a configuration file does, so that a call inside
    another program starts no processes unasked. ``progress`` shows the state of a long run on standard error where
    that is a terminal.

    The inputs stay open as long as the report lives, which can fetch rows again. Raises
    :class:`~ftprep.errors.UsageError` for a bad argument or configuration and :class:`~ftprep.errors.InputError`
    when no input could be read at all; an unreadable one among others is in ``Report.problems``.
    """
    job = open_lint(
        data,
        "lint()",
        with_siblings=True,
        select=select,
        extend_select=extend_select,
        ignore=ignore,
        per_file_ignores=per_file_ignores,
        severity=severity,
        profile=profile,
        format=format,
        target=target,
        model=model,
        tokenizer=tokenizer,
        max_tokens=max_tokens,
        response_format=response_format,
        against=against,
        against_production=against_production,
        pii_engine=pii_engine,
        ner_model=ner_model,
        splits=splits,
        fail_on=fail_on,
        max_findings=max_findings,
        baseline=baseline,
        jobs=jobs,
        rules=rules,
        config=config,
        isolated=isolated,
        exclude=exclude,
    )
    if not progress:
        report = run_job(job, no_ignores=no_ignores, since=since)
    else:
        from ftprep.cli.terminal import Progress

        with Progress(job.total_bytes) as shown:
            report = run_job(job, no_ignores=no_ignores, since=since, progress=shown)
    if report.problems and not report.inputs:
        raise InputError("; ".join(report.problems))
    return report


def open_lint(
    data: Any,
    origin: str,
    *,
    jobs: int | Literal["auto"] = 1,
    exclude: str | Iterable[str] = (),
    config: str | os.PathLike[str] | Iterable[str | os.PathLike[str]] = (),
    isolated: bool = False,
    baseline: str | os.PathLike[str] | Literal[False] | None = None,
    with_siblings: bool = False,
    **options: Any,
) -> Job:
    """The job of a verb called ``origin`` that takes the arguments of :func:`lint`."""
    given = {name.replace("_", "-"): value for name, value in options.items()} | {
        "jobs": jobs,
        "exclude": exclude or None,
        "baseline": baseline or None,
    }
    with_baseline = baseline is not False
    return open_job(
        data,
        given,
        config=config,
        isolated=isolated,
        with_baseline=with_baseline,
        with_siblings=with_siblings,
        mention=_argument,
        origin=origin,
    )


def _argument(key: str) -> str:
    """How a mistake names an argument of :func:`lint`."""
    return f"{key.replace('-', '_')}="


def run_job(
    job: Job,
    *,
    exit_zero: bool = False,
    no_ignores: bool = False,
    since: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Lint what a job has opened. Its inputs are closed when the report is gone, or at once when the run fails."""
    try:
        report = run_lint(
            job.sources,
            job.resolved.settings,
            job.resolved.selection,
            jobs=job.resolved.jobs,
            fail_on=job.resolved.fail_on,
            exit_zero=exit_zero,
            progress=progress,
            problems=job.problems,
            siblings=job.siblings,
            no_ignores=no_ignores,
            baseline=job.baseline,
            allowances=job.resolved.max_findings,
            since=since,
        )
    except BaseException:
        job.close()
        raise
    weakref.finalize(report, job.close)
    return report


def run_lint(
    sources: Sequence[Source],
    settings: Settings,
    selection: Selection,
    *,
    jobs: int = 0,
    fail_on: Severity | None = Severity.ERROR,
    exit_zero: bool = False,
    progress: Callable[[int, int], None] | None = None,
    problems: Iterable[str] = (),
    siblings: Sequence[Source] = (),
    no_ignores: bool = False,
    baseline: Baseline | None = None,
    allowances: Mapping[str, Allowance] = NO_ALLOWANCES,
    since: str | None = None,
) -> Report:
    """Lint opened sources and return the report. Reads the data once, after a look at each head.

    A source that cannot be read is left out, and its sentence joins ``problems``. ``progress`` is called with the
    numbers of rows and bytes of each part. ``siblings`` are other files of the same datasets, which only rules that
    compare splits see, and of which only findings that concern a source are kept. ``no_ignores`` shows what files and
    rows would hide, ``baseline`` hides what it knows, ``allowances`` say, by prefix of the code, how much may be found,
    and with ``since``, a git revision, only what changed counts.
    """
    started = time.perf_counter()
    chosen = selection.choose(settings)
    if not chosen.codes and not chosen.not_run:
        raise UsageError("no rule is left to run: what is selected is ignored, or left out by the profile")
    said = list(problems)
    inputs = _open_inputs(sources, settings, said)
    across = across_codes(chosen.codes)
    beside = _open_inputs(siblings, settings, [], len(inputs)) if across else []
    mark(beside)
    everything = [*inputs, *beside]
    changes = None
    if since is not None:
        from ftprep.since import changes_since

        changes = changes_since(since, everything)
    findings: list[Finding] = []
    engine = LocalEngine(inputs, settings, jobs)
    inspection = Inspection(codes_with_work(chosen.codes, everything), settings)
    tables: defaultdict[str, TableBuilder] = defaultdict(TableBuilder)
    wider: defaultdict[str, TableBuilder] = defaultdict(TableBuilder)  # those that siblings are part of
    shared, own = tables_in_use(inspection) if beside else (set(), set())
    totals: defaultdict[int, Counter[str]] = defaultdict(Counter)
    candidates = Candidates(inspection.rules)
    suppressions = Suppressions()
    digests: dict[Ref, int] = {}
    refused: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for lines, outcome in engine.map_shards(inspection):
        totals[outcome.file].update(
            records=outcome.records,
            bytes=outcome.bytes,
            total=outcome.total_tokens,
            trained=outcome.trained_tokens,
            suppressing=outcome.suppressing,
        )
        one = inputs[outcome.file]
        one.last_line = max(one.last_line, outcome.last_line + lines)
        suppressions.add(outcome.noted, lines)
        digests.update(
            {shifted(ref, lines): digest for ref, digest in outcome.digests.items()} if lines else outcome.digests
        )
        findings.extend(candidates.take(outcome.file, moved(outcome.findings, lines), outcome.tallies))
        for name, counts in outcome.refused.items():
            refused[name].update(counts)
        for code, table in outcome.tables.items():
            if lines and table:
                table["line"] = table["line"] + lines
            if code in shared:
                wider[code].add(table)
            if code in own or code not in shared:
                tables[code].add(table)
        if progress is not None:
            progress(outcome.records, outcome.bytes)
    unread = list(engine.problems)
    if beside:
        found_beside, problems_beside = read_siblings(beside, across, settings, jobs, wider, suppressions)
        findings.extend(found_beside)
        unread += problems_beside
        engine = LocalEngine(everything, settings, jobs)
    for one in inputs:
        _fill_counts(one, totals[one.index], settings)
    findings.extend(candidates.calibrated(suppressions.hides))
    findings.extend(_file_findings(inputs, inspection.rules))
    wholes: dict[str, Table] = {}
    with no_cyclic_gc():
        for rule in inspection.dataset_rules:
            builders = wider if beside and rule.across_splits else tables
            name = rule.table_name()
            kept = f"{name} with siblings" if builders is wider else name
            if kept not in wholes:
                wholes[kept] = builders.pop(name, TableBuilder()).build()
            seen = seen_by(rule, wholes[kept], everything)
            if len(seen):
                found = guarded(rule, lambda: Ref(0, 0), rule.reduce, seen, engine)
                findings.extend(concerning(found, len(inputs)) if beside else found)
        answers: tuple[Answer, ...] = ()
        if inspection.survey is not None:
            for rule in inspection.survey.dataset_rules.values():
                if rule.table_name() not in wholes:
                    wholes[rule.table_name()] = tables.pop(rule.table_name(), TableBuilder()).build()
            answers = inspection.survey.answers(refused, wholes, inputs, engine)
    names = [one.name for one in everything]
    told = told_by_target(unique_crashes(findings), everything, settings)
    shown, hidden = selection.filter(told, names, suppressions, show_ignored=no_ignores)
    said += [*unread, *(text for one in inputs for text in one.source.problems)]
    if not said:  # a word is unused only where all was read
        unused, hidden_unused = selection.filter(
            concerning(_unused(suppressions, inspection.rules, shown), len(inputs)),
            names,
            suppressions,
            show_ignored=no_ignores,
        )
        shown, hidden = sorted([*shown, *unused], key=lambda one: one.sort_key), hidden + hidden_unused
    report = Report(
        everything,
        shown,
        hidden,
        chosen.codes,
        chosen.not_run,
        settings,
        fail_on,
        exit_zero,
        time.perf_counter() - started,
        tuple(dict.fromkeys(said)),
        digests,
        allowances,
        targets=answers,
    )
    if baseline is not None:
        report = report.without_old(baseline)
    return report if changes is None else report.without_unchanged(changes)


def _unused(suppressions: Suppressions, rules: Iterable[Rule], shown: Sequence[Finding]) -> Iterator[Finding]:
    """What the rule FTP001, if it runs, says about keys of rows that hide nothing. Rules that crashed have no say."""
    crashed = {one.data.get("rule") for one in shown if one.code == CRASH}
    for rule in rules:
        if isinstance(rule, UnusedSuppression):
            ran = [one.code for one in rules if one.code not in crashed]
            for ref, suppression, idle in suppressions.unused(ran):
                yield from rule.check_unused(ref, suppression, idle)


def _open_inputs(sources: Iterable[Source], settings: Settings, problems: list[str], first: int = 0) -> list[Input]:
    """Look at the head of each source, numbered from ``first`` on; what cannot be read adds to ``problems`` instead."""
    inputs: list[Input] = []
    for source in sources:
        source.index = first + len(inputs)
        try:
            one = open_input(source, settings.format)
        except InputError as error:
            problems.append(str(error))
            continue
        known = next((glob for glob in settings.splits if file_matches(one.name, glob.pattern)), None)
        if known is not None:
            one.dataset, one.split = known.dataset, known.split
        inputs.append(one)
    return inputs


def _file_findings(inputs: Sequence[Input], rules: Iterable[Rule]) -> Iterator[Finding]:
    for rule in rules:
        for one in inputs:
            if rule.needs == Needs.RAW or one.format is not None:
                yield from guarded(rule, functools.partial(Ref, one.index, 0), rule.check_file, one)


def _fill_counts(one: Input, totals: Counter[str], settings: Settings) -> None:
    one.records, one.bytes, one.suppressing = totals["records"], totals["bytes"], totals["suppressing"]
    if settings.count_tokens and one.format is not None:
        from ftprep.text.tokens import tokenizer_name

        name = tokenizer_name(settings.model, settings.tokenizer)
        one.tokens = Tokens(name, totals["total"], totals["trained"])
