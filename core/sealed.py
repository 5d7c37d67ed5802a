"""Encrypted columns: `email: Sealed = sealed("email", ...)` stores LargeBinary column `email_sealed`.

Setting seals at once, reading unseals; both need the row's id, which is made here if it is not set yet.
A row of schema core is sealed with the key of "core", any other row with the key of the academy whose
frame is open. Nothing but this module touches `*_sealed`: queries use `matches`, Core reads `stored` and
`unseal`, Core writes `columns_for`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any, Final, Literal, NoReturn, overload
from uuid import UUID

from sqlalchemy import ColumnElement, LargeBinary, event
from sqlalchemy.orm import InstrumentedAttribute, mapped_column

from core import crypto, ids, keystore
from core.crypto import DataKey
from core.errors import NoScope
from core.schema import facts

CORE_HOLDER: Final = "core"
CHUNK_ROWS: Final = 500


def _no_holder() -> str:
    raise NoScope("nothing says whose key to use; core.db does")


_holder: Callable[[], str] = _no_holder


def use_holder(holder: Callable[[], str]) -> Callable[[], str]:
    """Let `holder()` say whose frame is open, "core" or "ac_7"; return what said so before."""
    global _holder
    before, _holder = _holder, holder
    return before


class Sealed:
    """The descriptor of one encrypted column; reads and takes `str | None`."""

    def __init__(self, name: str, info: dict[str, Any], nullable: bool, index: str | None, unique: bool) -> None:
        self.name = name
        self.column = f"{name}_sealed"
        self.index = index
        self.index_column = f"{name}_index"
        self._info = info
        self._nullable = nullable
        self._unique = unique

    def __set_name__(self, owner: type, name: str) -> None:
        if name != self.name:
            raise TypeError(f"{owner.__name__}.{name} is sealed under the name {self.name!r}")

    @overload
    def __get__(self, row: None, owner: type) -> Sealed: ...
    @overload
    def __get__(self, row: object, owner: type) -> str | None: ...
    def __get__(self, row: object | None, owner: type) -> Sealed | str | None:
        if row is None:
            return self
        blob = getattr(row, self.column)
        return None if blob is None else self.open(owner, _id_of(row), blob)

    def __set__(self, row: object, value: str | None) -> None:
        stored = self.closed(type(row), _id_for(row), value)
        for column, content in stored.items():
            setattr(row, column, content)

    def __eq__(self, other: object) -> NoReturn:
        raise TypeError(f"{self.name} is encrypted; use sealed.matches(Model, {self.name!r}, value)")

    __hash__ = object.__hash__

    def closed(self, model: type, row_id: UUID, value: str | None) -> dict[str, bytes | None]:
        """Return what the columns of this field hold for `value`: the sealed one and, if any, its index."""
        sealed_value = index = None
        if value is not None:
            key = _key_of(model)
            sealed_value = crypto.seal(key, value, table=_table_of(model), column=self.name, row_id=row_id)
            index = crypto.blind_index(key, self.index, value) if self.index else None
        return {self.column: sealed_value} | ({self.index_column: index} if self.index else {})

    def open(self, model: type, row_id: UUID, blob: bytes) -> str:
        """Return the value that was sealed in this field of that row. Raises Tampered."""
        return crypto.unseal(_key_of(model), blob, table=_table_of(model), column=self.name, row_id=row_id)

    def add_columns(self, model: type) -> None:
        """Give the class its mapped columns, before it is mapped."""
        info = self._info | {"sealed": True}
        setattr(model, self.column, mapped_column(self.column, LargeBinary, nullable=self._nullable, info=info))
        if self.index:
            setattr(model, self.index_column, self._make_index())

    def _make_index(self) -> Any:
        info = self._info | {
            "purpose": f"find the row by {self.name}",
            "sealed": False,
            "why_plain": "HMAC-SHA-256 under the holder's own key",
        }
        return mapped_column(
            self.index_column,
            LargeBinary,
            nullable=self._nullable,
            info=info,
            unique=self._unique or None,
            index=not self._unique or None,
        )


def sealed(
    name: str,
    *,
    purpose: str,
    retention: str,
    on_erasure: str,
    personal: Literal["identifying", "content"] = "identifying",
    nullable: bool = False,
    index: str | None = None,
    unique: bool = False,
) -> Sealed:
    """Return an encrypted column; `index` names the look-up by which `matches(Model, name, value)` finds rows."""
    if unique and not index:
        raise TypeError(f"{name}: ciphertexts always differ; unique needs index=")
    return Sealed(name, facts(purpose, personal, retention, on_erasure), nullable, index, unique)


class SealedMixin:
    """Base of declarative bases: turns `sealed(...)` in a class body into columns."""

    def __init_subclass__(cls, **kw: Any) -> None:
        fields = _fields_of(cls)
        for field in fields:
            if not hasattr(cls, field.column):
                field.add_columns(cls)
        super().__init_subclass__(**kw)
        if fields and "id" in vars(cls) and "__mapper__" in vars(cls):
            event.listen(vars(cls)["id"], "set", _refuse_new_id, propagate=True)

    def __init__(self, **values: Any) -> None:
        """Set the attributes, the id first: what follows is sealed for it."""
        if values.get("id") is None:
            values.pop("id", None)
        for name in sorted(values, key="id".__ne__):
            if not hasattr(type(self), name):
                raise TypeError(f"{type(self).__name__} has no {name!r}")
            setattr(self, name, values[name])


def _fields_of(model: type) -> list[Sealed]:
    return [value for base in model.__mro__ for value in vars(base).values() if isinstance(value, Sealed)]


def _refuse_new_id(row: Any, new: UUID, old: object, _: object) -> None:
    """Keep the id of a row that has sealed something: it could not be opened under another id."""
    if isinstance(old, UUID) and new != old:
        raise ValueError(f"{type(row).__name__} {old} holds sealed values and keeps its id")


def _id_for(row: Any) -> UUID:
    """Return the row's id; a new row gets one first."""
    if row.id is None:
        row.id = ids.uuid7()
    return _id_of(row)


def _id_of(row: Any) -> UUID:
    row_id: UUID = row.id
    return row_id


def _table_of(model: Any) -> str:
    name: str = model.__table__.name
    return name


def _key_of(model: Any) -> DataKey:
    """Return the key for rows of this class. Raises NoScope for an academy's row outside an academy's frame."""
    if model.__table__.schema == CORE_HOLDER:
        return keystore.open(CORE_HOLDER)
    holder = _holder()
    if holder == CORE_HOLDER:
        raise NoScope(f"{model.__name__} belongs to an academy; open its frame")
    return keystore.open(holder)


def field(model: type, name: str) -> Sealed:
    """Return the encrypted field `name` of the class. Raises TypeError if it is not one."""
    found = getattr(model, name)
    if not isinstance(found, Sealed):
        raise TypeError(f"{model.__name__}.{name} is not sealed")
    return found


def blind(model: type, name: str, value: str) -> bytes:
    """Return what `<name>_index` holds in the rows of this holder that have `value`."""
    index = field(model, name).index
    if index is None:
        raise TypeError(f"{model.__name__}.{name} has no index")
    return crypto.blind_index(_key_of(model), index, value)


def matches(model: type, name: str, value: str) -> ColumnElement[bool]:
    """Return the condition "`name` is `value`" for a WHERE, by the blind index of this holder."""
    index = blind(model, name, value)
    column: InstrumentedAttribute[bytes | None] = getattr(model, field(model, name).index_column)
    return column == index


def stored(model: type, name: str) -> InstrumentedAttribute[bytes | None]:
    """Return the sealed column for a SELECT of columns; `unseal` opens what it gives."""
    column: InstrumentedAttribute[bytes | None] = getattr(model, field(model, name).column)
    return column


def unseal(model: type, name: str, row_id: UUID, blob: bytes | None) -> str | None:
    """Return the value of a sealed column that was selected alone. Raises Tampered."""
    return None if blob is None else field(model, name).open(model, row_id, blob)


def unseal_rows(model: type, name: str, rows: Iterable[tuple[UUID, bytes | None]]) -> list[str | None]:
    """Return the values of many (id, blob) rows, in their order; lets other greenlets run every 500 rows."""
    values: list[str | None] = []
    opened = crypto.unsealer(_key_of(model), table=_table_of(model), column=field(model, name).name)
    for number, (row_id, blob) in enumerate(rows, start=1):
        values.append(None if blob is None else opened(row_id, blob))
        if number % CHUNK_ROWS == 0:
            time.sleep(0)
    return values


def columns_for(model: type, row_id: UUID, **values: str | None) -> dict[str, bytes | None]:
    """Return the column values of a Core INSERT or UPDATE of these encrypted fields."""
    columns: dict[str, bytes | None] = {}
    for name, value in values.items():
        columns |= field(model, name).closed(model, row_id, value)
    return columns
