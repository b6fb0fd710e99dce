"""
nbgrader's settings for this course; run nbgrader from this folder, or it does not find them.

Submissions are never executed by nbgrader: `JudgeSubmission` hands the text of the answers to the
judge, which runs it in a sandbox, and puts points and report where nbgrader looks for them.
"""

import atexit
import os
import shutil
import sys
import tempfile
import warnings
from pathlib import Path

from sqlalchemy.exc import SAWarning

c = get_config()  # noqa: F821 - nbgrader defines it

# nbgrader calls the program alembic, which stands beside this Python, activated or not.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])

# nbgrader 0.9 with SQLAlchemy 2.1: said at the first submission of each run, and harmless.
warnings.filterwarnings("ignore", "Object of type <Submitted", SAWarning)

c.CourseDirectory.course_id = "cachelab"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"
c.CourseDirectory.submitted_directory = "gradebook/submitted"
c.CourseDirectory.autograded_directory = "gradebook/autograded"
c.CourseDirectory.feedback_directory = "gradebook/feedback"
c.CourseDirectory.solution_directory = "gradebook/solution"
c.CourseDirectory.source_with_tests_directory = "gradebook/source_with_tests"
c.CourseDirectory.db_url = "sqlite:///gradebook/gradebook.db"
c.ZipCollectApp.downloaded_directory = "gradebook/downloaded"
c.FileNameCollectorPlugin.named_regexp = (
    r".*/(?P<student_id>[^_/]+)_(?P<timestamp>\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d)_(?P<file_id>.*)"
)
if Path("solutions").is_dir():
    # Without the folder nbgrader reports a database in need of an upgrade.
    Path("gradebook").mkdir(exist_ok=True)
# The exchange is for one machine shared by teacher and students. nbgrader's default is a system
# folder that nobody but the administrator can write to.
exchange = Path("gradebook/exchange").absolute()
if exchange.parent.is_dir():
    # Without the folder JupyterLab's log tells a teacher to ask the instructor.
    exchange.mkdir(exist_ok=True)
c.Exchange.root = str(exchange)

# A stub must fail every check: `pass` would answer None, which is sometimes right.
c.ClearSolutions.code_stub = {"python": "raise NotImplementedError()"}

c.Autograde.exporter_class = "cachelab.grading.autograde.SubmissionExporter"
c.Autograde.sanitize_preprocessors = [
    "cachelab.grading.autograde.RestoreCells",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Autograde.autograde_preprocessors = [
    "cachelab.grading.autograde.JudgeSubmission",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
]
# Late submissions lose nothing; `c.PerDay.share = 0.1` in gradebook/settings.py takes a tenth of
# the points for each day begun.
c.AssignLatePenalties.plugin_class = "cachelab.grading.lateness.PerDay"
c.PerDay.share = 0.0
# In the pages that a teacher opens, no student's answer runs a script.
c.HTMLExporter.filters = {"markdown2html": "cachelab.grading.pages.markdown2html"}
# The pages that students get show neither hidden tests nor anything but their own work.
c.GenerateFeedback.exporter_class = "cachelab.grading.feedback.FeedbackPage"
c.GenerateFeedback.preprocessors = [
    "cachelab.grading.feedback.GetGrades",
    "cachelab.grading.pages.ClearHiddenTests",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]
# Kernels start for `nbgrader validate`, and where somebody puts nbgrader's Execute back. Sockets in
# the file system keep them off the network. Kernel and nbgrader run in different folders, so the
# path is a full one, and a short one: a socket's name has room for a hundred characters.
if os.name == "posix":
    sockets = Path(tempfile.mkdtemp(prefix="cachelab-"))
    atexit.register(shutil.rmtree, sockets, ignore_errors=True)
    c.KernelManager.transport = "ipc"
    c.KernelManager.ip = str(sockets / "kernel")
c.Application.log_level = "WARN"
# A course's own settings, beside its gradebook and out of version control.
if Path("gradebook/settings.py").exists():
    load_subconfig("gradebook/settings.py")  # noqa: F821 - nbgrader defines it
