"""
What an input costs: until it is painted, without one, and what of it is the page's own work.

Nothing is judged by these numbers, machines differ. On a busy one the first two grow together; the
third is processor time of the page's thread, which does not.
"""

import statistics

# From the input until the frame after it has been painted: what a person waits for.
PRESSES = """async (root) => {
  const painted = () => new Promise((go) => requestAnimationFrame(() => setTimeout(go)));
  const press = (key) => root.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  const shown = [], idle = [];
  press("Home");
  for (let turn = 0; turn < 12; turn++) {
    await painted();
    let start = performance.now();
    await painted();
    idle.push(performance.now() - start);
    start = performance.now();
    press(turn % 6 < 3 ? "ArrowRight" : "ArrowLeft");
    await painted();
    shown.push(performance.now() - start);
  }
  return { shown, idle };
}"""


def input_cost(page, view, name):
    """Press arrow keys in a view; return a line that says what they cost."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    before = _worked(session)
    times = view.evaluate(PRESSES)
    own = 1000 * (_worked(session) - before) / len(times["shown"])
    session.detach()
    shown, idle = (
        f"{statistics.median(times[key]):5.1f} ms in the median, {max(times[key]):5.1f} at most"
        for key in ("shown", "idle")
    )
    return f"{name:9} input to painted {shown}; no input {idle}; own work {own:4.1f} ms an input"


def _worked(session):
    told = session.send("Performance.getMetrics")["metrics"]
    return next(one["value"] for one in told if one["name"] == "TaskDuration")
