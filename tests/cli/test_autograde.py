"""
`cachelab autograde` names the students whose folder nbgrader passes over.
"""

from cachelab.cli.autograde import _without_notebook


def test_a_folder_without_the_notebook_is_named_with_what_it_holds(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for student, name in {"ada": "ex07_lru.ipynb", "hal": "ex07_lru.py"}.items():
        folder = tmp_path / "gradebook/submitted" / student / "ex07_lru"
        folder.mkdir(parents=True)
        (folder / name).write_text("")
    (tmp_path / "gradebook/submitted/ida/ex07_lru").mkdir(parents=True)
    assert _without_notebook("ex07_lru") == {
        "hal": "not graded: no ex07_lru.ipynb, but ex07_lru.py",
        "ida": "not graded: no ex07_lru.ipynb, but nothing",
    }
