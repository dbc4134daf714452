from __future__ import annotations

import pytest

from hub.domain.roles import Role


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (Role.GUARD, {Role.GUARD}),
        (Role.MANAGER, {Role.GUARD, Role.MANAGER}),
        (Role.ADMINISTRATOR, {Role.GUARD, Role.MANAGER, Role.ADMINISTRATOR}),
    ],
)
def test_a_role_may_do_what_those_before_it_may(role: Role, allowed: set[Role]) -> None:
    assert {needed for needed in Role if role.may_act_as(needed)} == allowed
