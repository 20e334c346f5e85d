"""A decision written down so that anybody with the same code reaches it again, bit for bit.

The record is canonical JSON. Its digest tells when an input was changed afterwards; whoever
changes the digest as well is found out where the result is another. What is changed without any
effect on the result is told only by a digest kept elsewhere, such as in a sealed log.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from attrs import asdict, fields, frozen

from cypn_procurement.clearing import Member, Pool, cleared
from cypn_procurement.integrity.canonical import canonical, digest
from cypn_procurement.tariffs import Tariff

Json = Any


@frozen(kw_only=True)
class Algorithm:
    """*run* takes the inputs to a mapping with ``result`` and ``alternatives``, all plain JSON.

    The version rises with every change that may give another result for some inputs.
    """

    version: str
    run: Callable[[Json], Json]


@frozen(kw_only=True)
class Record:
    """One decision. All but the names, the version and the digest is canonical JSON."""

    algorithm: str
    version: str
    inputs: str
    digest: str
    result: str
    alternatives: str
    dissent: str

    @property
    def text(self) -> str:
        """The whole record as canonical JSON, from which `read` makes it again."""
        return canonical(asdict(self))


def clearing_inputs(quotes: Mapping[str, Tariff], members: Sequence[Member]) -> Json:
    """Plain JSON of what the clearing of *members* over *quotes* by id depends on."""
    tariffs = {id_: asdict(tariff) for id_, tariff in quotes.items()}
    return {"members": [asdict(member) for member in members], "quotes": tariffs}


def _clearing(inputs: Json) -> Json:
    """The pool of every quote: the largest is the result, the cheapest of equally large ones."""
    members = [Member(**each) for each in inputs["members"]]
    pools = {id_: cleared(_tariff(told), members) for id_, told in inputs["quotes"].items()}
    best = min(pools, key=lambda id_: _best_first(id_, pools[id_]), default=None)
    told = {id_: _told(pool) for id_, pool in sorted(pools.items())}
    chosen = None if best is None or told[best] is None else best
    result = None if chosen is None else {"quote": chosen, "pool": told.pop(chosen)}
    return {"result": result, "alternatives": told}


def _tariff(told: Json) -> Tariff:
    return Tariff(**{**told, "tiers": tuple((start, pence) for start, pence in told["tiers"])})


def _best_first(id_: str, pool: Pool | None) -> tuple[int, int, str]:
    return (-pool.quantity, pool.outlay, id_) if pool else (0, 0, id_)


def _told(pool: Pool | None) -> Json:
    if pool is None:
        return None
    return {"outlay": pool.outlay, "quantity": pool.quantity, "shares": dict(pool.shares)}


ALGORITHMS: Mapping[str, Algorithm] = {"clearing": Algorithm(version="1", run=_clearing)}
"""What decides, by the name that records give."""


def recorded(
    algorithm: str,
    inputs: Json,
    dissent: Sequence[Json] = (),
    algorithms: Mapping[str, Algorithm] = ALGORITHMS,
) -> Record:
    """Run *algorithm* on *inputs* and write down what it decides; *dissent* is what was said.

    :raises ValueError: on an algorithm that is not among *algorithms*, and inputs with a float.
    """
    if algorithm not in algorithms:
        raise ValueError(f"algorithm must be one of {', '.join(sorted(algorithms))}")
    used, said = algorithms[algorithm], canonical(inputs)
    ruling = used.run(json.loads(said))
    return Record(
        algorithm=algorithm,
        version=used.version,
        inputs=said,
        digest=digest(inputs),
        result=canonical(ruling["result"]),
        alternatives=canonical(ruling["alternatives"]),
        dissent=canonical(list(dissent)),
    )


def replayed(record: Record, algorithms: Mapping[str, Algorithm] = ALGORITHMS) -> str | None:
    """Decide again: None where all is the same, else a sentence with the first difference."""
    used = algorithms.get(record.algorithm)
    if used is None:
        return f"This hub has no algorithm {record.algorithm}."
    if used.version != record.version:
        return f"It was decided by version {record.version}; this hub has version {used.version}."
    inputs = json.loads(record.inputs)
    if digest(inputs) != record.digest:
        return f"The inputs have the digest {digest(inputs)}, not {record.digest}."
    again = recorded(record.algorithm, inputs, algorithms=algorithms)
    return _first_difference(record, again, ("inputs", "result", "alternatives"))


def read(text: str) -> Record:
    """The record that *text* is.

    :raises ValueError: when it is none, or not byte for byte as `Record.text` writes it.
    """
    told = json.loads(text)
    names = {each.name for each in fields(Record)}
    if not isinstance(told, dict) or set(told) != names:
        raise ValueError(f"record must have just these names: {', '.join(sorted(names))}")
    if not all(isinstance(value, str) for value in told.values()) or canonical(told) != text:
        raise ValueError("record must be kept as it was written: export it again")
    return Record(**told)


def _first_difference(record: Record, again: Record, names: Sequence[str]) -> str | None:
    for name in names:
        was, now = getattr(record, name), getattr(again, name)
        if was != now:
            return f"The {name} would now be {now}, and the record has {was}."
    return None
