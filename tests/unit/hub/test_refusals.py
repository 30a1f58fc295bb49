"""Every refusal that the hub knows has its words."""

from __future__ import annotations

import pytest

# Their refusals count too.
import admin_web.auth  # noqa: F401
import hub.http.api.problems
import hub.http.app.refusals  # noqa: F401
from hub.domain.errors import HubError
from hub.texts import TEMPLATES


def kinds(of: type[HubError]) -> list[type[HubError]]:
    return [of, *(kind for child in of.__subclasses__() for kind in kinds(child))]


@pytest.mark.parametrize("kind", kinds(HubError), ids=lambda kind: kind.__name__)
def test_every_refusal_has_its_words(kind: type[HubError]) -> None:
    assert (TEMPLATES / "errors" / f"{kind.key}.j2").exists()
    assert 400 <= kind.status < 600
