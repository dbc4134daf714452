"""Alembic migrations, shipped with the package: `hub.adapters.database.migrate` runs them."""
