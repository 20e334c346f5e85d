"""One need as the coordinator looks at it: what is coded of it, and what there is for it."""

from __future__ import annotations

from cypn_core.application.match import answer_to
from cypn_core.application.network import Caller, Work
from cypn_core.domain.errors import NotFound
from cypn_core.domain.ids import PostingId
from cypn_core.domain.postings import Posting, PostingState
from cypn_core.matching.answer import Answer


def need_with_answer(work: Work, caller: Caller, need: str) -> tuple[Posting, Answer | None]:
    """The need of that id, and all that there is for it now; None for one that waits no more.

    :raises NotAllowed: unless the caller is a coordinator.
    :raises NotFound: when there is no such need, or its exchange is not installed.
    """
    caller.must_have("coordinator")
    found = work.postings.get(PostingId(need))
    if found.side != "need" or found.exchange not in work.hub.exchanges:
        raise NotFound
    waits = found.state is PostingState.OPEN and not work.deals.binding(found.id)
    return found, answer_to(work, found) if waits else None
