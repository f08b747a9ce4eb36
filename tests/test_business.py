"""Settings that can't be are refused with what would do."""

from __future__ import annotations

from pathlib import Path

import pytest

from shoplake.config import find_project
from shoplake.errors import DeclarationError


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ('reporting_currency = "eur"', r"business.reporting_currency.*pattern '\^\(\[A-Z\]\{3\}\)"),
        ('reporting_currency = "XXZ"', "no currency has this code"),
        ('holidays = ["DE", "XX"]', "nobody knows the holidays of XX"),
        ("age_bands = [35, 25]", "ages must rise"),
        ("fiscal_year_start = 13", "less than or equal to 12"),
        ('fiscal_weeks = "4-4-4"', "'4-4-5', '4-5-4' or '5-4-4'"),
        ("rate_day = 3", "business.rate_day.*Settings are: reporting_currency, refund_rate"),
    ],
)
def test_mistake(tmp_path: Path, setting: str, told: str) -> None:
    (tmp_path / "shoplake.toml").write_text(f"[business]\n{setting}\n", "utf-8")
    with pytest.raises(DeclarationError, match=told):
        find_project(tmp_path)
