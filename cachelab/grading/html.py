"""
A report as HTML for a notebook: readable in light and dark, with words where others use colour.

Colours are JupyterLab's own variables, with the text's colour as the fall-back, so an exported page
reads as well.
"""

import re
from html import escape

from .report import CheckResult, Counterexample, Report
from .solutions import Solution

_STYLE = """
.cachelab-report { max-width: 56rem; color: var(--jp-content-font-color1, currentColor); }
.cachelab-report table { border-collapse: collapse; margin: 0.4rem 0 0.8rem;
  color: inherit; font-size: inherit; }
.cachelab-report.cachelab-report :is(th, td) {
  text-align: left; vertical-align: top; padding: 0.15rem 0.7rem; background: transparent;
  border-bottom: 1px solid var(--jp-border-color2, currentColor); }
.cachelab-report caption { text-align: left; font-weight: 600; padding: 0.2rem 0; }
.cachelab-report.cachelab-report td.points { text-align: right; white-space: nowrap; }
.cachelab-report tr.differs td { font-weight: 700;
  border-top: 2px solid var(--jp-error-color1, currentColor); }
.cachelab-report.cachelab-report td > code {
  color: inherit; background: transparent; padding: 0; white-space: pre-wrap; }
.cachelab-report .failed { color: var(--jp-error-color0, currentColor); font-weight: 700; }
.cachelab-report .passed { color: var(--jp-success-color0, currentColor); }
.jp-mod-dark .cachelab-report .failed, [data-jp-theme-light="false"] .cachelab-report .failed {
  color: var(--jp-error-color2, currentColor); }
.jp-mod-dark .cachelab-report .passed, [data-jp-theme-light="false"] .cachelab-report .passed {
  color: var(--jp-success-color2, currentColor); }
"""


_CODE_STYLE = """
.cachelab-report.cachelab-report pre {
  overflow: auto; max-height: 32rem; padding: 0.4rem 0.7rem;
  border: 1px solid var(--jp-border-color2, currentColor);
  color: inherit; background: transparent; }
"""

_AFTER = (
    "<p>All points. Now compare: the solution and the second-best design are in the notebook of "
    "the same name in <code>solutions/</code>.</p>"
)
_PLAY = (
    "<p>To step through {} on your code, put these two lines into a cell of their own:</p>\n"
    '<pre><code>from cachelab.grading import play\nplay("{}")</code></pre>'
)


def render(report: Report, *, plays: bool = False, solution: Solution | None = None) -> str:
    """
    Return the report as one HTML fragment.

    For a learner it says how a run `plays`, and folds the `solution` below that may be opened now.
    """
    offers = dict(report.offers)
    first, later = report.failed[:1], report.failed[1:]
    after = [_AFTER] if report.points == report.max_points else []
    has_code = solution or (plays and report.failed)
    parts = [
        f"<style>{_STYLE}{_CODE_STYLE if has_code else ''}</style>",
        '<div class="cachelab-report">',
        _summary(report),
        *(_failure(check, offers.get(check.id, 0), plays) for check in first),
        *(_folded(check, offers.get(check.id, 0), plays) for check in later),
        *([_opened(solution, is_through=bool(after))] if solution else after),
        "</div>",
    ]
    return "\n".join(parts)


def _summary(report: Report) -> str:
    rows = "\n".join(_check_row(check) for check in report.checks)
    return (
        f"<table><caption>{escape(report.exercise)} {escape(report.title)}: "
        f"{report.points} of {report.max_points} points</caption>\n"
        '<thead><tr><th scope="col">Check</th><th scope="col">What it asks</th>'
        '<th scope="col">Verdict</th><th scope="col">Points</th></tr></thead>\n'
        f"<tbody>{rows}</tbody></table>\n<p>sandbox: {escape(report.sandbox)}</p>"
    )


def _check_row(check: CheckResult) -> str:
    kind = check.word.replace(" ", "-")
    verdict = check.message if check.waits_for or check.is_unfinished else check.word
    return (
        f'<tr><th scope="row">{escape(check.id)}</th><td>{escape(check.title)}</td>'
        f'<td><span class="{kind}">{escape(verdict)}</span></td>'
        f'<td class="points">{check.points} / {check.max_points}</td></tr>'
    )


def _failure(check: CheckResult, opened: int, plays: bool) -> str:
    parts = [f"<p><strong>{escape(check.id)}</strong>: {escape(check.message)}</p>"]
    if check.counterexample:
        parts.append(_steps(check.counterexample))
        parts.append(f"<p><strong>Why:</strong> {escape(check.counterexample.why)}</p>")
        if plays and not check.counterexample.is_table:
            what = "a small case of it" if check.counterexample.measured else "this run"
            parts.append(_PLAY.format(what, escape(check.id)))
    if opened:
        parts.append("<p>This check has failed on your last attempts: here is a hint.</p>")
    hints = _hints(check.hints, opened)
    if check.is_slip and hints:  # they are about the exercise, and do not help here
        hints = _details("Hints for this check, when it runs", hints)
    return "\n".join([*parts, hints])


def _folded(check: CheckResult, opened: int, plays: bool) -> str:
    title = f"{escape(check.id)}: {escape(check.message)}"
    return _details(title, _failure(check, opened, plays))


def _details(summary: str, body: str) -> str:
    return f"<details><summary>{summary}</summary>\n{body}\n</details>"


def _opened(solution: Solution, is_through: bool) -> str:
    """Return the solution and the second-best design, folded, or where they would be."""
    where = f"<code>{escape(solution.place)}</code>"
    why = "All points." if is_through else "Three attempts have failed, so you may look."
    if not solution.code:
        return f"<p>{why} The solution is kept in {where}; this copy of the course has none.</p>"
    compare = "Now compare" if is_through else "Read it, close it, and write your own"
    parts = [
        f"<p>{why} {compare}: this is from {where}.</p>",
        _details("The model solution", f"<pre><code>{escape(solution.code)}</code></pre>"),
    ]
    if solution.second_best:
        text = "".join(f"<p>{_rich(part)}</p>" for part in solution.second_best)
        parts.append(_details("The second-best design, and why it lost", text))
    return "\n".join(parts)


def _rich(text: str) -> str:
    """Return a line of Markdown as HTML, as far as its `code` goes."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text, quote=False))


def _steps(shown: Counterexample) -> str:
    rows = []
    for number, row in enumerate(shown.rows, 1):
        mark = ' class="differs"' if row.expected else ""
        rows.append(
            f'<tr{mark}><th scope="row">{number}</th>'
            f"{_code(row.call)}{_code(row.expected)}{_code(row.got)}</tr>"
        )
    figures = shown.measured or shown.is_table
    caption = "What was measured" if figures else "The shortest run found that shows it"
    step, call = ("", "Of") if figures else ("Step", "Call")
    return (
        f"<table><caption>{caption}</caption>\n<thead><tr>"
        f'<th scope="col">{step}</th><th scope="col">{call}</th><th scope="col">Expected</th>'
        f'<th scope="col">Got</th></tr></thead>\n<tbody>{"".join(rows)}</tbody></table>'
    )


def _code(text: str) -> str:
    return f"<td><code>{escape(text)}</code></td>" if text else "<td></td>"


def _hints(hints: tuple[str, ...], opened: int = 0) -> str:
    """Return the ladder: each hint opens the way to the next; the first `opened` are open."""
    nested = ""
    for number, hint in reversed(list(enumerate(hints, 1))):
        inner = f"<p>{escape(hint)}</p>\n{nested}"
        state = " open" if number <= opened else ""
        nested = f"<details{state}><summary>Hint {number}</summary>\n{inner}</details>"
    return nested
