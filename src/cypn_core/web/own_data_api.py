"""The operations of data protection: what is held on an organisation, and its erasure."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from cypn_core.application import erase, own_data
from cypn_core.domain.constraints import Name, constrained
from cypn_core.web.operations import Asked, Operation, Reply


@frozen(kw_only=True, field_transformer=constrained)
class ErasureWanted:
    """The name of the organisation, exactly as it stands, to confirm that it is to go for good."""

    name: Name


def operations() -> Iterator[Operation]:
    """Read all that is held on oneself, see what stands in the way of erasure, and be erased."""
    yield Operation(
        name="own_data",
        method="GET",
        path="/v1/organisation/data",
        summary="All that the hub holds on your organisation, why and how long",
        run=_data,
    )
    yield Operation(
        name="own_erasure",
        method="GET",
        path="/v1/organisation/erasure",
        summary="What was agreed and has to be cancelled before you can be erased",
        run=_ahead,
    )
    yield Operation(
        name="erase_organisation",
        method="POST",
        path="/v1/organisation/erasure",
        summary="Erase your organisation for good; your deals stay under a former member",
        takes=ErasureWanted,
        answers_a_secret=True,
        run=_erase,
    )


def _data(asked: Asked) -> Reply:
    found = own_data.held(asked.work, asked.caller, asked.faces.converter)
    return Reply(body={"items": [own_data.told(each) for each in found]})


def _ahead(asked: Asked) -> Reply:
    found = erase.ahead(asked.work, asked.caller)
    items = [{"deal": each.deal, "exchange": each.exchange, "what": each.words} for each in found]
    return Reply(body={"items": items})


def _erase(asked: Asked) -> Reply:
    gone = erase.erase(asked.work, asked.caller, asked.given.body.name)
    return Reply(body={"erased": gone.id})
