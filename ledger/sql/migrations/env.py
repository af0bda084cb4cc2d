"""Runs the migrations on the connection that is handed in; the caller owns the transaction."""

from __future__ import annotations

from alembic import context
from sqlmodel import SQLModel

from ledger.sql import tables

__all__ = ["tables"]

context.configure(
    connection=context.config.attributes["connection"], target_metadata=SQLModel.metadata, render_as_batch=True
)
context.run_migrations()
