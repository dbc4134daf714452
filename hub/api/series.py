"""Over time: counts and occupancy, and the corrections of occupancy."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, status

from hub.api import schemas

router = APIRouter(tags=["series"])


@router.get("/counts")
def read_counts(query: Annotated[schemas.CountQuery, Query()]) -> schemas.Counts:
    """Return the crossings of each line and class in each step of `[from, to)`."""
    raise NotImplementedError


@router.get("/occupancy")
def read_occupancy(query: Annotated[schemas.SpanQuery, Query()]) -> schemas.Occupancy:
    """Return the people believed inside at the end of each step, and now."""
    raise NotImplementedError


@router.get("/occupancy/now")
def read_occupancy_now() -> list[schemas.SiteOccupancy]:
    """Return the people believed inside each site now."""
    raise NotImplementedError


@router.post("/occupancy/corrections", status_code=status.HTTP_201_CREATED)
def correct_occupancy(correction: schemas.Correction) -> schemas.CorrectionMade:
    """Say how many people really are, or were, inside."""
    raise NotImplementedError
