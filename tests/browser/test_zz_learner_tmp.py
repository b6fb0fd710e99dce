import json, time
from pathlib import Path
import nbformat, pytest
from cachelab.grading import find_exercise
ROOT = Path(__file__).parents[2]
def test_it(lab, lab_page):
    wrong = (ROOT/"tests/mutants/ex04/wrong/ca_m15_unguarded_fill.py")
    text = wrong.read_text()
    cells=["import os; os.environ['CACHELAB_HOME']='/tmp/crew/LEARNER_home2'", text, "from cachelab.grading import check, play\ncheck('ex04', CacheAside, ReadThrough)", "play()",
     "from cachelab.lab import predict\np = predict('How many?', unit='loads', low=0, high=9)\np","p.commit(3)\np.compare(5)","from cachelab.lab import calibration\ncalibration()"]
    nb=nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    for n,c in enumerate(nb.cells): c["id"]=f"04-who-asks-the-database-{n:02}"
    root=[p for p in Path("/tmp").glob("pytest-of-*/pytest-*/lab*/notebooks")]
    root=max(root,key=lambda p:p.stat().st_mtime)
    nbformat.write(nb, root/"zz.ipynb")
    lab_page.open("zz.ipynb"); lab_page.run_all()
    page=lab_page.page
    for theme in ("JupyterLab Light","JupyterLab Dark"):
        lab_page.use_theme(theme); page.wait_for_timeout(1500)
        for sel,name in ((".cachelab-report","report"),(".cl-frame-view","view")):
            el=lab_page.notebook.locator(sel).first; el.scroll_into_view_if_needed(); page.wait_for_timeout(300)
            page.screenshot(path=f"/tmp/crew/LEARNER_lab_{name}_{theme[-4:].strip()}.png")
        lab_page.notebook.locator("text=You were right").last.scroll_into_view_if_needed(); page.screenshot(path=f"/tmp/crew/LEARNER_lab_cal_{theme[-4:].strip()}.png")
    print(lab_page.crashes)
    print([o.get("evalue") for c in lab_page.cells() for o in c.get("outputs",[])])
    lab_page.close()
