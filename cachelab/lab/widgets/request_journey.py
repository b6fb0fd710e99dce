"""
The request journey: a request walks through the layers; change a header, see who may store.
"""

from cachelab.lab.journey_scenes import SIZE, journey_controls, journey_runs
from cachelab.lab.journeys import CacheLike
from cachelab.lab.scenes import Run
from cachelab.lab.subjects import blaming, check_subject
from cachelab.operations.http import HTTPCache

from .frame_view import FrameView


class RequestJourney(FrameView):
    """
    A view of requests through two browsers and a shared cache, under headers to choose from.

    `cache` is `HTTPCache`, or a class of yours that is made as it is: from what is behind it and
    its layer, with `name`, `store`, `clock`, `runtime` and `on_answer`. What is shown is what the
    caches did with five requests in virtual time, and whose page each person got to see.

    Raises:
        SubjectFailed: the class fails, or answers something else than a response.

    >>> RequestJourney()
    RequestJourney(HTTPCache)
    """

    def __init__(self, cache: CacheLike = HTTPCache) -> None:
        check_subject(cache)
        with blaming(cache):
            runs = journey_runs(cache)
        settings = ((0, 0, 0), (1, 1, 0), (2, 1, 0))
        super().__init__(
            title="Who may store this answer, and who gets to see it?",
            about=getattr(cache, "__name__", "cache"),
            controls=journey_controls(),
            runs=runs,
            size=SIZE,
            stills=[(setting, _third_end(runs, setting)) for setting in settings],
            pace=1_300,
        )


def _third_end(runs: list[Run], setting: tuple[int, int, int]) -> int:
    """Return the step at which the third request has its answer: the first of another person."""
    header, personal, varies = setting
    scenes = runs[(header * 2 + personal) * 2 + varies].scenes
    return next(at for at, scene in enumerate(scenes) if scene.row == 2)
