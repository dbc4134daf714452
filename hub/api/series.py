"""Over time: counts, access and occupancy, and the corrections of occupancy."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, status

from hub.api.dependencies import Manager, Now, Wired, get_signed_in
from hub.api.schemas import series as schemas
from hub.services import accesses, counts, occupancy

router = APIRouter(tags=["series"], dependencies=[Depends(get_signed_in)])


@router.get("/counts", response_model=schemas.Counts)
def read_counts(
    query: Annotated[schemas.CountQuery, Query()], services: Wired, now: Now
) -> counts.Counts:
    """Return the crossings of each line and class in each step of `[from, to)`."""
    return counts.read_counts(
        services.store,
        query.site,
        start=query.start,
        end=query.end,
        step=query.step,
        now=now,
        object_class=query.object_class,
        line=query.line,
        gate=query.gate,
    )


@router.get("/access", response_model=schemas.Accesses)
def read_access(
    query: Annotated[schemas.AccessQuery, Query()], services: Wired
) -> accesses.Accesses:
    """Return what each access point did in each step of `[from, to)`."""
    return accesses.read_accesses(
        services.store,
        query.site,
        start=query.start,
        end=query.end,
        step=query.step,
        point=query.point,
        gate=query.gate,
    )


@router.get("/occupancy", response_model=schemas.Occupancy)
def read_occupancy(
    query: Annotated[schemas.SpanQuery, Query()], services: Wired, now: Now
) -> occupancy.Occupancy:
    """Return the people believed inside at the end of each step, and now."""
    return occupancy.read_occupancy(
        services.store,
        query.site,
        start=query.start,
        end=query.end,
        step=query.step,
        now=now,
    )


@router.get("/occupancy/now", response_model=list[schemas.SiteOccupancy])
def read_occupancy_now(services: Wired, now: Now) -> list[occupancy.OccupancyNow]:
    """Return the people believed inside each site now."""
    return occupancy.read_occupancy_now(services.store, now)


@router.post("/occupancy/corrections", status_code=status.HTTP_201_CREATED)
def correct_occupancy(
    correction: schemas.Correction, services: Wired, who: Manager, now: Now
) -> schemas.CorrectionMade:
    """Say how many people really are, or were, inside."""
    made = occupancy.correct_occupancy(
        services.store,
        correction.site,
        people=correction.people,
        who=who.username,
        now=now,
        at=correction.at,
        note=correction.note,
    )
    return schemas.CorrectionMade(
        site=made.compound, people=made.people, at=made.at, who=made.who, note=made.note
    )
