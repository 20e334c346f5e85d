"""Import every module of the named packages and run its examples; needs only the standard library.

Run inside a clean environment: ``python smoke.py cypn_core --without cypn_core.web``.
Prints, as JSON, the modules, the number of examples and the distributions installed.
"""

from __future__ import annotations

import argparse
import doctest
import importlib
import json
import pkgutil
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import distributions, entry_points


def modules(package: str, without: Sequence[str]) -> Iterator[str]:
    """The package and all below it, but for those named and what is below them."""
    yield package
    for found in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
        if not any(found.name.startswith(f"{name}.") or found.name == name for name in without):
            yield found.name


def main() -> int:
    """Report on the installed packages; end with 1 when an example fails."""
    parser = argparse.ArgumentParser()
    parser.add_argument("packages", nargs="+")
    parser.add_argument("--without", nargs="*", default=[])
    given = parser.parse_args()
    names = [name for package in given.packages for name in modules(package, given.without)]
    found = [importlib.import_module(name) for name in names]
    # pytest allows "..." in what an example prints, unless told otherwise.
    results = [doctest.testmod(module, optionflags=doctest.ELLIPSIS) for module in found]
    plugins = {entry.name: entry.load().__name__ for entry in entry_points(group="cypn")}
    report = {
        "modules": names,
        "examples": sum(result.attempted for result in results),
        "installed": sorted(each.metadata["Name"].lower() for each in distributions()),
        "loaded": sorted({name.partition(".")[0] for name in sys.modules}),
        "plugins": plugins,
    }
    sys.stdout.write(json.dumps(report))
    return int(any(result.failed for result in results))


if __name__ == "__main__":
    sys.exit(main())
