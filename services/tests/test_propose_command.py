"""``cypn propose``: what it says where nothing is put together, and where something is."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from cypn_services.cli import main


def test_an_exchange_that_puts_nothing_together_is_told(tmp_path: Path) -> None:
    """The name is refused in a sentence, and nothing is changed."""
    environment = {
        "CYPN_DATABASE_URL": f"sqlite:///{tmp_path / 'cypn.sqlite3'}",
        "CYPN_REGION": "northshire",
        "CYPN_PLUGINS": "venue_bank,region_northshire",
    }
    runner = CliRunner(env=environment)
    assert runner.invoke(main, ["migrate"]).exit_code == 0
    for words in (["venue-bank"], ["venue-bank", "--preview"], ["nothing"]):
        refused = runner.invoke(main, ["propose", *words])
        assert refused.exit_code == 2
        assert "puts no needs together" in refused.stderr
