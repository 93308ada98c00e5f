"""Tables of the store, and transactions for SQLite and PostgreSQL."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sql

from cnnviz.runs.folder import RunError
from cnnviz.settings import ADDRESS, variable

# Version 2 added the tables of groups; an upgrade only has to create missing tables.
VERSION = 2
WAIT = 20.0  # seconds that an SQLite transaction waits for a lock
# Key of the PostgreSQL advisory lock for creating and dispatching runs; an arbitrary number.
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
    # The following columns serve the queue and the workers.
    sql.Column("queued", sql.Double, nullable=False),  # when it joined the queue
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
    sqlite_autoincrement=True,  # numbers are never reused, so readers miss nothing
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
    sql.Column("place", sql.Integer, nullable=False),  # position in the group, from 0
    sql.Column("arm", sql.Text, nullable=False),
    sql.Column("seed", sql.Integer, nullable=False),
)


class StoreError(RunError):
    """The database is not available; the message is one sentence."""


class Database:
    """Connects to the database; creates missing tables.

    Attributes:
        url: The address without its password.
    """

    def __init__(self, url: str) -> None:
        parsed = _parsed(url)
        self.url = parsed.render_as_string(hide_password=True)
        self._is_sqlite = parsed.get_backend_name() == "sqlite"
        if self._is_sqlite and parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        arguments = {"timeout": WAIT} if self._is_sqlite else {}
        self._engine = sql.create_engine(parsed, pool_pre_ping=True, connect_args=arguments)
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
                    "set CNNVIZ_DATABASE to another store."
                )

    @contextmanager
    def reading(self) -> Iterator[sql.Connection]:
        """A reading transaction with one consistent snapshot.

        Raises:
            StoreError: The database is not available.
        """
        with self._sentences(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self, alone: bool = False) -> Iterator[sql.Connection]:
        """A writing transaction, committed as a whole or rolled back.

        Args:
            alone: Exclude other such transactions on all machines. SQLite, which has one writer,
                always does.

        Raises:
            StoreError: The database is not available; nothing was changed.
        """
        with self._sentences(), self._writer.begin() as connection:
            if alone and not self._is_sqlite:
                connection.execute(sql.select(sql.func.pg_advisory_xact_lock(LOCK)))
            yield connection

    def now(self, connection: sql.Connection) -> float:
        """Unix time in seconds by the clock that all users of the database share."""
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
        """Close all connections."""
        self._engine.dispose()


def _parsed(url: str) -> sql.URL:
    """Parse an SQLite or PostgreSQL address and set the driver.

    Raises:
        ValueError: It is another kind of address.
    """
    try:
        parsed = sql.make_url(url)
    except sql.exc.ArgumentError:
        parsed = None
    if parsed is None or parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise ValueError(f"{variable('database')} must be {ADDRESS.rule}; received {url}.")
    is_plain = parsed.drivername == "postgresql"
    return parsed.set(drivername="postgresql+psycopg") if is_plain else parsed


def _prepare(connection: Any, _: Any) -> None:
    """Set up an SQLite connection: concurrent readers, one writer, explicit transactions."""
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: sql.Connection) -> None:
    # A writer locks at once: upgrading a read lock later may fail.
    is_writer = connection.get_execution_options().get("immediate")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writer else "BEGIN")
