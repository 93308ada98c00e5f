"""The tables of the store, and transactions on SQLite and PostgreSQL alike."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sql

from cnnviz.runs.folder import RunError

# 2 added the tables of groups: what a store of an earlier version lacks are tables alone.
VERSION = 2
WAIT = 20.0  # seconds that a transaction of SQLite waits for another's
# Of PostgreSQL's advisory lock under which runs are made and taken; any number that is ours.
LOCK = 0x636E6E76697A

metadata = sql.MetaData()
schema = sql.Table("cnnviz_schema", metadata, sql.Column("version", sql.Integer, primary_key=True))
runs = sql.Table(
    "runs",
    metadata,
    sql.Column("id", sql.String(64), primary_key=True),
    sql.Column("owner", sql.Text, nullable=False),
    sql.Column("variant", sql.Text, nullable=False),
    sql.Column("plan", sql.Text, nullable=False),
    sql.Column("state", sql.String(16), nullable=False, index=True),
    sql.Column("message", sql.Text, nullable=False, default=""),
    sql.Column("device", sql.Text, nullable=False, default=""),
    sql.Column("created", sql.Double, nullable=False, index=True),
    sql.Column("started", sql.Double),
    sql.Column("ended", sql.Double),
    sql.Column("step", sql.BigInteger, nullable=False, default=0),
    sql.Column("epoch", sql.Double, nullable=False, default=0.0),
    sql.Column("share", sql.Double, nullable=False, default=0.0),
    sql.Column("seconds", sql.Double, nullable=False, default=0.0),
    sql.Column("test_accuracy", sql.Double),
    sql.Column("learning_rate_scale", sql.Double, nullable=False, default=1.0),
    # What follows is between the queue and the workers.
    sql.Column("queued", sql.Double, nullable=False),  # when it began to wait
    sql.Column("wish", sql.String(16), nullable=False, default=""),  # "", "stop" or "pause"
    sql.Column("wished", sql.Double),  # when
    sql.Column("host", sql.Text, nullable=False, default=""),
    sql.Column("worker", sql.Text, nullable=False, default=""),  # empty until one has begun
    sql.Column("process", sql.BigInteger),
    sql.Column("heartbeat", sql.Double),
    sql.Column("revision", sql.BigInteger, nullable=False, default=0),
)
measured = sql.Table(
    "measurements",
    metadata,
    sql.Column(
        "number",
        sql.BigInteger().with_variant(sql.Integer, "sqlite"),
        primary_key=True,
        autoincrement=True,
    ),
    sql.Column(
        "run", sql.String(64), sql.ForeignKey("runs.id", ondelete="CASCADE"), nullable=False
    ),
    sql.Column("content", sql.Text, nullable=False),
    sql.Index("measurements_of_a_run", "run", "number"),
    sqlite_autoincrement=True,  # a number is never given twice, so that readers miss nothing
)
groups = sql.Table(
    "run_groups",
    metadata,
    sql.Column("id", sql.String(64), primary_key=True),
    sql.Column("owner", sql.Text, nullable=False),
    sql.Column("experiment", sql.String(64), nullable=False, index=True),  # "": a visitor's own
    sql.Column("title", sql.Text, nullable=False),
    sql.Column("created", sql.Double, nullable=False, index=True),
)
members = sql.Table(
    "run_group_members",
    metadata,
    sql.Column("group_id", sql.ForeignKey("run_groups.id", ondelete="CASCADE"), primary_key=True),
    sql.Column("run", sql.ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True, index=True),
    sql.Column("place", sql.Integer, nullable=False),  # in the group, from 0
    sql.Column("arm", sql.Text, nullable=False),
    sql.Column("seed", sql.Integer, nullable=False),
)


class StoreError(RunError):
    """One sentence: the database cannot be used now."""


class Database:
    """Connections to the tables, which are made where they are missing.

    Attributes:
        url: As it was given, without a password.
    """

    def __init__(self, url: str) -> None:
        found = _known_url(url)
        self.url = found.render_as_string(hide_password=True)
        self._is_sqlite = found.get_backend_name() == "sqlite"
        if self._is_sqlite:
            _make_folder(found)
        options: dict[str, Any] = {"connect_args": {"timeout": WAIT}} if self._is_sqlite else {}
        self._engine = sql.create_engine(found, pool_pre_ping=True, **options)
        if self._is_sqlite:
            sql.event.listen(self._engine, "connect", _prepare)
            sql.event.listen(self._engine, "begin", _begin)
        self._writer = self._engine.execution_options(immediate=True)
        self._make_tables()

    def _make_tables(self) -> None:
        with self.writing(alone=True) as connection:
            metadata.create_all(connection)
            version = connection.scalar(sql.select(schema.c.version))
            if version is None:
                connection.execute(sql.insert(schema).values(version=VERSION))
            elif version < VERSION:
                connection.execute(sql.update(schema).values(version=VERSION))
            elif version > VERSION:
                raise StoreError(
                    f"The store {self.url} has version {version} and this program {VERSION}; "
                    "give CNNVIZ_DATABASE another one."
                )

    @contextmanager
    def reading(self) -> Iterator[sql.Connection]:
        """A transaction that sees one moment.

        Raises:
            StoreError: The database cannot be used.
        """
        with self._sentences(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self, alone: bool = False) -> Iterator[sql.Connection]:
        """A transaction that is kept whole or not at all.

        Args:
            alone: No other that is alone runs at the same time, on whatever machine. On SQLite,
                which has one writer, this is always so.

        Raises:
            StoreError: The database cannot be used; nothing was changed.
        """
        with self._sentences(), self._writer.begin() as connection:
            if alone and not self._is_sqlite:
                connection.execute(sql.select(sql.func.pg_advisory_xact_lock(LOCK)))
            yield connection

    def now(self, connection: sql.Connection) -> float:
        """Seconds since 1970 by the one clock that all who use this database share."""
        if self._is_sqlite:  # a file of one machine
            return time.time()
        clock = sql.func.extract("epoch", sql.func.clock_timestamp())
        return float(connection.scalar(sql.select(sql.cast(clock, sql.Double))) or 0.0)

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        try:
            yield
        except sql.exc.DBAPIError as error:
            reason = " ".join(str(error.orig).split())
            raise StoreError(f"The store of runs ({self.url}) cannot be used: {reason}.") from error

    def close(self) -> None:
        """Let all connections go."""
        self._engine.dispose()


def _known_url(url: str) -> sql.URL:
    """An address of SQLite or PostgreSQL, with the driver that the requirements name.

    Raises:
        ValueError: It is none.
    """
    try:
        found = sql.make_url(url)
    except sql.exc.ArgumentError:
        found = None
    if found is None or found.get_backend_name() not in ("sqlite", "postgresql"):
        raise ValueError(
            "CNNVIZ_DATABASE must be an address such as sqlite:////folder/runs.sqlite or "
            f"postgresql://user:password@host/name; received {url}."
        )
    return found.set(drivername="postgresql+psycopg") if "+" not in url and _is_pg(found) else found


def _is_pg(url: sql.URL) -> bool:
    return url.get_backend_name() == "postgresql"


def _make_folder(url: sql.URL) -> None:
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)


def _prepare(connection: Any, _: Any) -> None:
    """A connection of SQLite: readers beside one writer, and transactions that are ours."""
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: sql.Connection) -> None:
    # A writer takes its lock at once: one that reads first and writes later may be refused.
    is_writer = connection.get_execution_options().get("immediate")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writer else "BEGIN")
