"""The questions of a draft for a visitor, and its answers in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from cypn_core.application import drafts
from cypn_core.application.network import Work
from cypn_core.domain.drafts import Draft
from cypn_core.domain.errors import NotFound
from cypn_core.domain.postings import Need, Offer
from cypn_core.exchange import Exchange
from cypn_site.forms import Question, questions
from cypn_site.forms.asked import NOTHING
from cypn_site.member.telling import words_of
from cypn_site.telling.values import Words, said
from cypn_site.visits import Visit


@frozen(kw_only=True)
class Asking:
    """One draft with its questions."""

    draft: Draft
    kind: type[Need | Offer]
    questions: tuple[Question, ...]
    words: Words

    @property
    def required(self) -> list[Question]:
        """Those that must be answered."""
        return [each for each in self.questions if each.required]

    @property
    def optional(self) -> list[Question]:
        """Those that may be left out."""
        return [each for each in self.questions if not each.required]

    @property
    def next(self) -> Question | None:
        """The first that must be answered and is not."""
        return next((each for each in self.required if each.name not in self.draft.answers), None)

    def question(self, name: str) -> Question:
        """The question of that name.

        :raises NotFound: when there is none.
        """
        found = [each for each in self.questions if each.name == name]
        if not found:
            raise NotFound
        return found[0]

    def value(self, question: Question) -> Any:
        """The answer as JSON, or the default; None where there is neither."""
        default = None if question.default is NOTHING else question.default
        return self.draft.answers.get(question.name, default)

    def told(self, question: Question) -> str:
        """The answer in words; empty where nothing is said."""
        return told(question, self.value(question), self.words)

    def position(self, question: Question) -> tuple[int, int] | None:
        """Which of how many questions it is; None for one that may be left out."""
        names = [each.name for each in self.required]
        return (names.index(question.name) + 1, len(names)) if question.required else None


def told(question: Question, value: Any, words: Words) -> str:
    """A JSON *value* in words; empty where it says nothing."""
    if value in (None, "", [], {}):
        return ""
    text = said(question.name, question.shape, value, words)
    return text[:1].upper() + text[1:]


def kind_of(exchange: Exchange, kind: str) -> type[Need | Offer]:
    """The class of *kind*.

    :raises NotFound: when the exchange has none of that name.
    """
    found = [each for each in exchange.kinds if each.kind == kind]
    if not found:
        raise NotFound
    return found[0]


def side_of(kind: type[Need | Offer]) -> str:
    """``need`` or ``offer``."""
    return "need" if issubclass(kind, Need) else "offer"


def asking(visit: Visit, work: Work) -> Asking:
    """The draft that the page's address names."""
    exchange = visit.which
    return asked(visit, work, drafts.get(work, visit.caller, exchange.name, visit.path["draft"]))


def asked(visit: Visit, work: Work, draft: Draft) -> Asking:
    """*draft* with its questions."""
    exchange = visit.which
    kind = kind_of(exchange, draft.kind)
    words: Mapping[str, str] = exchange.words
    return Asking(
        draft=draft,
        kind=kind,
        questions=questions(kind, words, visit.region, work.today),
        words=words_of(visit, exchange),
    )
