"""Roles: each may do what those before it may."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """Who somebody is here: 保安, 管理, 系统管理员, in growing order of what they may do."""

    GUARD = "guard"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"

    def may_act_as(self, needed: Role) -> bool:
        """Say whether this role may do what `needed` may."""
        order = list(Role)
        return order.index(self) >= order.index(needed)
