"""Compare database, files, weights, indexes and vectors; repair on request."""

import json
from typing import Any

from django.core.management.base import CommandError, CommandParser

from embeddings.integrity.service import Report, check_library
from embeddings.management.stoppable import StoppableCommand
from musicexplore.progress import ConsoleProgress


class Command(StoppableCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--repair", action="store_true", help="repair what can be repaired")
        parser.add_argument("--json", action="store_true", help="the findings as JSON")

    def handle(self, *, repair: bool, **options: Any) -> None:
        report = check_library(repair=repair, progress=ConsoleProgress("Checking"))
        self.stdout.write(
            _as_json(report) if options["json"] else "\n".join(_lines(report, repair))
        )
        for error in report.errors:
            self.stderr.write(error)
        if report.left:
            raise CommandError(_summary(report, repair))


def _lines(report: Report, repair: bool) -> list[str]:
    if not report.found:
        return ["Everything fits together."]
    lines = []
    for check, finding in report.found:
        done = repair and not report.is_left(check, finding)
        lines.append(f"{finding.count:,} {finding.problem}{': repaired' if done else ''}")
        lines += [f"    {example}" for example in finding.examples]
        if finding.count > len(finding.examples):
            lines.append(f"    and {finding.count - len(finding.examples):,} more")
        by = "--repair: " if finding.repair and not repair else ""
        lines.append(f"  {by}{finding.remedy}")
    return lines


def _summary(report: Report, repair: bool) -> str:
    kinds = f"{len(report.left)} kind{'s' if len(report.left) > 1 else ''} of problem"
    repairable = sum(finding.repair is not None for _, finding in report.left)
    if repair or not repairable:
        return f"{kinds} left; what to do is above."
    return f"{kinds} found; check_library --repair deals with {repairable}."


def _as_json(report: Report) -> str:
    rows = [
        {
            "check": check,
            "problem": finding.problem,
            "count": finding.count,
            "examples": finding.examples,
            "remedy": finding.remedy,
            "repairable": finding.repair is not None,
            "left": report.is_left(check, finding),
        }
        for check, finding in report.found
    ]
    return json.dumps({"problems": len(report.left), "findings": rows}, ensure_ascii=False)
